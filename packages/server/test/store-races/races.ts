import {
  againOf,
  appId,
  bytes,
  claimOf,
  loginOf,
  minute,
  newId,
  now,
  otherAppId,
  phoneOf,
  ruleOf,
  type Subject,
} from '../store-contract/subject.ts'

/** One who runs in a race: which of all it is, in which round, and what was there before the start. */
export interface Racer {
  readonly store: Subject
  readonly round: string
  readonly index: number
  readonly subjects: readonly string[]
}

/** Each answers in one word what the racer got. */
export const races = {
  'a first login': async ({ store, round }: Racer) => (await store.recordLogin(loginOf(round))).status,

  'first logins of one person in two apps': async ({ store, round, index }: Racer) => {
    const login = loginOf(`${round} ${index}`, { unionId: round, appId: index % 2 ? appId : otherAppId })
    return (await store.recordLogin(login)).status
  },

  'logins with one code': async ({ store, round, index, subjects }: Racer) => {
    const [openId = '', userId = ''] = subjects
    const first = loginOf(openId, { user: { id: userId, create: null } })
    const claim = claimOf(round, { attempt: bytes(`${index}`) })
    return (await store.recordLogin(againOf(first, { claim }))).status
  },

  'the claim of a code': async ({ store, round, index }: Racer) =>
    (await store.claim(claimOf(round, { kind: 'phone-code', attempt: bytes(`${index}`) }), now, minute)).status,

  'the lease of a token': async ({ store, round, index }: Racer) =>
    (await store.leaseAccessToken(round, `holder ${index}`, now, now + minute)) ? 'leased' : 'refused',

  'the rotation of a session': async ({ store, index, subjects: [sessionId = ''] }: Racer) => {
    const rotation = { sessionId, counter: 0, attempt: bytes(`${index}`), now, idleUntil: now + minute }
    return (await store.rotateSession(rotation)).status
  },

  'the repetition of a rotation': async ({ store, round, subjects: [sessionId = ''] }: Racer) => {
    const rotation = { sessionId, counter: 0, attempt: bytes(round), now, idleUntil: now + minute }
    const outcome = await store.rotateSession(rotation)
    return 'session' in outcome ? `counter ${outcome.session.counter}` : outcome.status
  },

  'a logout beside rotations': async ({ store, round, index, subjects: [sessionId = ''] }: Racer) => {
    if (index % 2) return (await store.endSession(sessionId, now, 'logout')) ? 'ended it' : 'had ended'
    const rotation = { sessionId, counter: 0, attempt: bytes(round), now, idleUntil: now + minute }
    await store.rotateSession(rotation)
    return 'answered'
  },

  'an erasure beside logins': async ({ store, round, index, subjects: [openId = '', userId = ''] }: Racer) => {
    if (index === 0) return (await store.eraseUser({ now, userId, attempt: bytes(round) })) === now ? 'erased' : 'not'
    const login = loginOf(openId, { user: { id: userId, create: null } })
    await store.recordLogin(login)
    return 'answered'
  },

  'an erasure beside phones': async ({ store, round, index, subjects: [, userId = ''] }: Racer) => {
    if (index === 0) return (await store.eraseUser({ now, userId, attempt: bytes(round) })) === now ? 'erased' : 'not'
    await store.recordPhone(phoneOf(userId, `${round} ${index}`))
    return 'answered'
  },

  'a number that the first owner keeps': async ({ store, round, index, subjects }: Racer) =>
    (await store.recordPhone(phoneOf(subjects[index] ?? '', round, { conflict: ruleOf('reject', round) }))).status,

  'a number that goes to who proves it last': async ({ store, round, index, subjects }: Racer) =>
    (await store.recordPhone(phoneOf(subjects[index] ?? '', round, { conflict: ruleOf('transfer', round) }))).status,

  'a budget of ten': async ({ store, round }: Racer) =>
    (await store.spendBudgets([{ name: bytes(round), limit: 10, until: now + minute }], now)).status,

  'three jobs': async ({ store }: Racer) =>
    (await store.takeJob({ now, holder: newId(), until: now + minute })) ? 'taken' : 'none',

  'the end of the audit log': async ({ store, round, index }: Racer) => {
    const draft = { at: now, actor: 'server', act: 'raced', appId, subject: round, details: { index } } as const
    await store.appendAudit(draft)
    return 'appended'
  },
}

export type RaceName = keyof typeof races
