import { describe, expect, it } from 'vitest'
import type { MergeUsers } from '../../src/ports/merge-store.ts'
import {
  againOf,
  appId,
  bytes,
  countOf,
  idOf,
  keyOf,
  loginOf,
  minute,
  newId,
  now,
  otherAppId,
  pagesOf,
  phoneOf,
  race,
  registered,
  rounds,
  ruleOf,
  type Subject,
  type UseStore,
} from './subject.ts'

const [one, two, three] = ['+8613800000001', '+8613800000002', '+8613800000003']
const nothing = { sealedNickname: null, avatarKey: null }
const day = 24 * 60 * minute

/** A user with a unionid and a session_key, in one of the apps. */
async function userIn(store: Subject, inApp: string) {
  const unionId = `union-${newId()}`
  const login = await registered(store, { appId: inApp, unionId, sessionKey: keyOf(newId()) })
  return { login, userId: login.user.id, unionId, sessionId: login.session.id }
}

type Owner = Awaited<ReturnType<typeof userIn>>

async function both(store: Subject): Promise<{ survivor: Owner; merged: Owner }> {
  return { survivor: await userIn(store, appId), merged: await userIn(store, otherAppId) }
}

/** A merge as the use case hands it over: what it read of the merged user, sealed anew. */
async function mergeOf(
  store: Subject,
  survivor: Owner,
  merged: Owner,
  overrides: Partial<MergeUsers> = {},
): Promise<MergeUsers> {
  const [phones, account] = [await store.phonesOf(merged.userId), await store.findAccount(merged.userId)]
  const was = account?.profile.sealedNickname
  return {
    now,
    mergeId: newId(),
    survivorId: survivor.userId,
    mergedId: merged.userId,
    attempt: bytes(newId()),
    undoUntil: now + 7 * day,
    sessions: { survivor: survivor.sessionId, merged: merged.sessionId },
    phones: phones.map(({ id }) => ({ id, sealedNumber: bytes(`${id} for ${survivor.userId}`) })),
    nickname: was ? { was, sealed: bytes(`nickname for ${survivor.userId}`) } : null,
    audit: auditOf('users-merged', survivor),
    ...overrides,
  }
}

function auditOf(act: string, { userId }: Owner, actor: 'user' | 'operator' = 'user') {
  return { at: now, actor, act, appId, subject: userId, details: {} }
}

const undoOf = (mergeId: string, survivor: Owner, at = now + 1) => ({
  now: at,
  mergeId,
  survivorId: survivor.userId,
  audit: auditOf('merge-undone', survivor),
})

const consentOf = (userId: string, nonce: string, at = now) =>
  ({ now: at, userId, appId, scope: 'phone', version: 'v1', textHash: null, attempt: bytes(nonce) }) as const

/** Everything a user has, to be compared before and after. */
async function allOf(store: Subject, userId: string) {
  const [account, identities, phones, consents] = await Promise.all([
    store.findAccount(userId),
    store.identitiesOf(userId),
    store.phonesOf(userId),
    store.consentsOf(userId),
  ])
  return { account, identities, phones, consents }
}

export function mergesContract(use: UseStore): void {
  describe('a merge', () => {
    it('moves everything of one user to the other, and the merged one is gone', async () => {
      const store = use()
      const { survivor, merged } = await both(store)
      await store.recordPhone(phoneOf(merged.userId, one))
      await store.recordPhone(phoneOf(merged.userId, two))
      await store.recordProfile({
        now,
        askedAt: now,
        userId: merged.userId,
        sealedNickname: bytes('name'),
        avatarKey: 'picture',
      })
      await store.recordConsent(consentOf(merged.userId, 'n1'))
      await store.recordConsent(consentOf(survivor.userId, 'n2', now + 1))
      const input = await mergeOf(store, survivor, merged)
      expect(await store.mergeUsers(input)).toMatchObject({
        status: 'merged',
        merge: { id: input.mergeId, at: now, undoUntil: now + 7 * day, undoneAt: null, open: true },
        ended: [merged.sessionId],
      })

      const after = await allOf(store, survivor.userId)
      expect(after.identities.map(({ openId }) => openId)).toEqual([survivor.login.openId, merged.login.openId])
      expect(after.phones.map(({ id, sealedNumber }) => [id, sealedNumber])).toEqual(
        input.phones.map(({ id, sealedNumber }) => [id, sealedNumber]) as [string, Uint8Array][],
      )
      expect(after.account?.phone).toMatchObject({ id: input.phones[0]?.id, userId: survivor.userId })
      expect(after.account?.profile).toEqual({ sealedNickname: input.nickname?.sealed, avatarKey: 'picture' })
      expect(after.consents.map(({ at }) => at)).toEqual([now + 1, now])
      expect(await store.doomedAvatars(now + day, 10)).toEqual([])

      for (const unionId of [survivor.unionId, merged.unionId])
        expect((await store.findUserByUnionId(unionId))?.id).toBe(survivor.userId)
      expect((await store.findIdentity(otherAppId, merged.login.openId))?.user.id).toBe(survivor.userId)
      expect(await allOf(store, merged.userId)).toEqual({ account: null, identities: [], phones: [], consents: [] })
      expect(await store.findUser(merged.userId)).toBeNull()
      expect(await store.mergedInto(merged.userId)).toBe(survivor.userId)
      expect(await store.mergedInto(survivor.userId)).toBeNull()
      expect(await store.mergedInto(newId())).toBeNull()
      expect((await store.findSession(merged.sessionId))?.endedAt).toBe(now)
      expect((await store.findSession(survivor.sessionId))?.endedAt).toBeNull()
      const keys = await store.sessionKeysOf(merged.login.loginId, 0)
      expect(keys.every(({ sealed }) => sealed === null)).toBe(true)
      expect((await store.mergesOf(survivor.userId)).map(({ id }) => id)).toEqual([input.mergeId])
      const [line] = await store.auditAfter(0, 10)
      expect(line).toMatchObject({ actor: 'user', act: 'users-merged', subject: survivor.userId })
      const moved = { identities: 1, unionIds: 1, phones: 2, consents: 1, sessionsEnded: 1 }
      expect(JSON.parse(line?.details ?? '')).toEqual(moved)
    })

    it('are read page by page, and found by their attempt', async () => {
      const store = use()
      const survivor = await userIn(store, appId)
      const merges: MergeUsers[] = []
      for (let index = 0; index < 5; index += 1) {
        const input = await mergeOf(store, survivor, await userIn(store, otherAppId))
        await store.mergeUsers(input)
        merges.unshift(input)
      }
      const ids = merges.map(({ mergeId }) => mergeId)
      const pages = await pagesOf(page => store.mergesOf(survivor.userId, page), idOf)
      expect(pages.map(rows => rows.map(idOf))).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)])
      for (const { attempt, mergeId } of merges)
        expect((await store.findMerge(survivor.userId, attempt))?.id).toBe(mergeId)
      expect(await store.findMerge(survivor.userId, bytes(newId()))).toBeNull()
    })

    it('leaves the survivor’s number and profile as they are: the other number is history', async () => {
      const store = use()
      const { survivor, merged } = await both(store)
      const kept = phoneOf(survivor.userId, one)
      await store.recordPhone(kept)
      await store.recordPhone(phoneOf(merged.userId, two))
      await store.recordProfile({
        now,
        askedAt: now,
        userId: survivor.userId,
        sealedNickname: bytes('mine'),
        avatarKey: 'mine',
      })
      await store.recordProfile({
        now,
        askedAt: now,
        userId: merged.userId,
        sealedNickname: bytes('other'),
        avatarKey: 'other',
      })
      await store.mergeUsers(await mergeOf(store, survivor, merged, { now: now + 5 }))
      const { account, phones } = await allOf(store, survivor.userId)
      expect(account?.phone?.id).toBe(kept.phone.id)
      expect(account?.profile).toEqual({ sealedNickname: bytes('mine'), avatarKey: 'mine' })
      expect(phones.map(({ replacedAt, replacedReason }) => [replacedAt, replacedReason])).toEqual([
        [now + 5, 'merged'],
        [null, null],
      ])
    })

    it('lets the next login of the merged identity be the survivor’s', async () => {
      const store = use()
      const { survivor, merged } = await both(store)
      await store.mergeUsers(await mergeOf(store, survivor, merged))
      expect(await store.recordLogin(againOf(merged.login, { appId: otherAppId }))).toEqual({ status: 'user-exists' })
      const user = { id: survivor.userId, create: null }
      const again = loginOf(merged.login.openId, { appId: otherAppId, user })
      expect(await store.recordLogin(again)).toEqual({ status: 'recorded' })
      expect((await store.findSession(again.session.id))?.userId).toBe(survivor.userId)
    })

    it('is refused when a user is not as read, is gone, or has no live session; nothing is written', async () => {
      const store = use()
      const { survivor, merged } = await both(store)
      await store.recordPhone(phoneOf(merged.userId, one))
      const before = [await allOf(store, survivor.userId), await allOf(store, merged.userId)]
      const input = await mergeOf(store, survivor, merged)
      expect(await store.mergeUsers({ ...input, phones: [] })).toEqual({ status: 'changed' })
      const nickname = { was: bytes('old'), sealed: bytes('new') }
      expect(await store.mergeUsers({ ...input, nickname })).toEqual({ status: 'changed' })
      expect(await store.mergeUsers({ ...input, mergedId: newId() })).toEqual({ status: 'gone', who: 'merged' })
      expect(await store.mergeUsers({ ...input, survivorId: newId() })).toEqual({ status: 'gone', who: 'survivor' })
      const late = { ...input, now: now + day }
      expect(await store.mergeUsers(late)).toEqual({ status: 'session-ended', who: 'survivor' })
      const swapped = { ...input, sessions: { survivor: survivor.sessionId, merged: survivor.sessionId } }
      expect(await store.mergeUsers(swapped)).toEqual({ status: 'session-ended', who: 'merged' })
      await store.endSession(merged.sessionId, now, 'logout')
      expect(await store.mergeUsers(input)).toEqual({ status: 'session-ended', who: 'merged' })
      expect([await allOf(store, survivor.userId), await allOf(store, merged.userId)]).toEqual(before)
      expect(await store.auditAfter(0, 10)).toEqual([])
      expect(await store.mergesOf(survivor.userId)).toEqual([])
      expect((await store.mergeUsers({ ...input, sessions: null })).status).toBe('merged')
    })

    it('repeated by the same attempt tells what was done', async () => {
      const store = use()
      const { survivor, merged } = await both(store)
      const input = await mergeOf(store, survivor, merged)
      await store.mergeUsers(input)
      expect(await store.mergeUsers({ ...input, mergeId: newId() })).toMatchObject({
        status: 'repeated',
        merge: { id: input.mergeId, mergedId: merged.userId },
      })
    })

    it('keeps a line of consent whose attempt both have with its user', async () => {
      const store = use()
      const { survivor, merged } = await both(store)
      await store.recordConsent(consentOf(survivor.userId, 'same'))
      await store.recordConsent(consentOf(merged.userId, 'same'))
      expect((await store.mergeUsers(await mergeOf(store, survivor, merged))).status).toBe('merged')
      expect(await store.consentsOf(survivor.userId)).toHaveLength(1)
      expect(await store.consentsOf(merged.userId)).toHaveLength(1)
    })

    it('of one user into many at once happens once, and of two users into each other once', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const [merged, ...survivors] = await race(9, () => userIn(store, appId))
        if (!merged) throw new Error('no user')
        const inputs = await Promise.all([
          ...survivors.map(survivor => mergeOf(store, survivor, merged)),
          ...survivors.map(survivor => mergeOf(store, merged, survivor)),
        ])
        const outcomes = await race(inputs.length, index => store.mergeUsers(inputs[index] ?? never()))
        const owners = await Promise.all(inputs.map(({ survivorId }) => store.identitiesOf(survivorId)))
        const all = new Map(owners.flat().map(identity => [`${identity.openId} ${identity.userId}`, identity]))
        expect(all.size).toBe(9)
        const gone = await race(8, index => store.mergedInto(survivors[index]?.userId ?? ''))
        const happened = countOf(outcomes, 'merged')
        const into = await store.mergedInto(merged.userId)
        expect(happened).toBe(gone.filter(id => id !== null).length + (into === null ? 0 : 1))
        expect(countOf(outcomes, 'gone') + happened).toBe(16)
        const lines = (await store.auditAfter(0, 1000)).filter(({ act }) => act === 'users-merged')
        expect(lines.length).toBeGreaterThanOrEqual(happened)
      }
    })

    it('by one attempt at once happens once', async () => {
      const store = use()
      const { survivor, merged } = await both(store)
      const input = await mergeOf(store, survivor, merged)
      const outcomes = await race(32, () => store.mergeUsers({ ...input, mergeId: newId() }))
      expect([countOf(outcomes, 'merged'), countOf(outcomes, 'repeated')]).toEqual([1, 31])
      expect(await store.mergesOf(survivor.userId)).toHaveLength(1)
    })

    it('leaves nothing with the merged user that was under way: no login, phone, profile, consent, erasure', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const { survivor, merged } = await both(store)
        const { userId } = merged
        const others: (() => Promise<unknown>)[] = [
          () => store.recordLogin(againOf(merged.login, { appId: otherAppId, sessionKey: keyOf(newId()) })),
          () => store.recordPhone(phoneOf(userId, `+8613900000${newId()}`, { now: now + 1 })),
          () => store.recordProfile({ now, askedAt: now, userId, sealedNickname: bytes(newId()) }),
          () => store.recordConsent(consentOf(userId, newId())),
          () => store.eraseUser({ now, userId, attempt: bytes(newId()) }),
        ]
        const isErased = round % 2 === 0
        const mixed = isErased ? others : others.slice(0, 4)
        const outcomes = await race(33, async index =>
          index % 4 === 0 ? store.mergeUsers(await mergeOf(store, survivor, merged)) : mixed[index % mixed.length]?.(),
        )
        const statuses = outcomes.map(outcome => (outcome as { status?: string } | null)?.status)
        const last = await mergeOf(store, survivor, merged)
        const final = (await store.findUser(userId)) ? (await store.mergeUsers(last)).status : 'gone'
        expect(statuses.filter(status => status === 'merged').length + (final === 'merged' ? 1 : 0)).toBeLessThan(2)
        expect(await store.findUser(userId)).toBeNull()
        expect(await store.phonesOf(userId)).toEqual([])
        expect(await store.identitiesOf(userId)).toEqual([])
        expect(await store.sessionsOf(userId)).toEqual([])
        const phones = await store.phonesOf(survivor.userId)
        expect(phones.filter(({ replacedAt }) => replacedAt === null).length).toBeLessThanOrEqual(1)
        const wasErased = (await store.mergedInto(userId)) === null
        expect(await store.identitiesOf(survivor.userId)).toHaveLength(wasErased ? 1 : 2)
        expect(await store.recordPhone(phoneOf(userId, three))).toEqual({ status: 'user-gone' })
        expect(await store.recordProfile({ now, askedAt: now, userId, avatarKey: 'late' })).toEqual({
          status: 'user-gone',
        })
        expect(await store.recordConsent(consentOf(userId, 'late'))).toBeNull()
        expect(await store.eraseUser({ now, userId, attempt: bytes('late') })).toBeNull()
      }
    })
  })

  describe('undoing a merge', () => {
    /** Two users who have all there is, before and after their merge. */
    async function merged(store: Subject, survivorHas: 'everything' | 'nothing') {
      const users = await both(store)
      const { userId } = users.merged
      const picture = `picture of ${userId}`
      await store.recordPhone(phoneOf(userId, one))
      await store.recordPhone(phoneOf(userId, two, { now: now + 1 }))
      await store.recordProfile({ now, askedAt: now, userId, sealedNickname: bytes('name'), avatarKey: picture })
      await store.recordConsent(consentOf(userId, 'n1'))
      if (survivorHas === 'everything') {
        await store.recordPhone(phoneOf(users.survivor.userId, three))
        const profile = { sealedNickname: bytes('mine'), avatarKey: `mine of ${userId}` }
        await store.recordProfile({ now, askedAt: now, userId: users.survivor.userId, ...profile })
      }
      const before = [await allOf(store, users.survivor.userId), await allOf(store, userId)]
      const input = await mergeOf(store, users.survivor, users.merged)
      await store.mergeUsers(input)
      return { ...users, before, mergeId: input.mergeId, picture }
    }

    it.each(['everything', 'nothing'] as const)('restores both exactly when the survivor had %s', async has => {
      const store = use()
      const { survivor, merged: other, before, mergeId } = await merged(store, has)
      const again = loginOf(other.login.openId, { appId: otherAppId, user: { id: survivor.userId, create: null } })
      await store.recordLogin(again)
      const outcome = await store.undoMerge(undoOf(mergeId, survivor))
      expect(outcome).toMatchObject({
        status: 'undone',
        merge: { id: mergeId, undoneAt: now + 1, open: false },
        ended: [again.session.id],
      })
      expect([await allOf(store, survivor.userId), await allOf(store, other.userId)]).toEqual(before)
      expect(await store.mergedInto(other.userId)).toBeNull()
      expect((await store.findUserByUnionId(other.unionId))?.id).toBe(other.userId)
      expect((await store.findSession(survivor.sessionId))?.endedAt).toBeNull()
      expect((await store.auditAfter(1, 10)).map(({ act }) => act)).toEqual(['merge-undone'])
      expect(await store.recordLogin(againOf(other.login, { appId: otherAppId }))).toEqual({ status: 'recorded' })
      const repeat = await store.undoMerge(undoOf(mergeId, survivor, now + 9))
      expect(repeat).toMatchObject({ status: 'repeated', merge: { undoneAt: now + 1 } })
      expect((await store.mergeUsers(await mergeOf(store, survivor, other, { sessions: null }))).status).toBe('merged')
    })

    it('keeps what the survivor did since: another number, another name', async () => {
      const store = use()
      const { survivor, merged: other, mergeId } = await merged(store, 'nothing')
      const since = phoneOf(survivor.userId, three, { now: now + 2 })
      await store.recordPhone(since)
      await store.recordProfile({ now, askedAt: now, userId: survivor.userId, sealedNickname: bytes('new') })
      expect((await store.undoMerge(undoOf(mergeId, survivor))).status).toBe('undone')
      const mine = await allOf(store, survivor.userId)
      expect(mine.phones.map(({ id }) => id)).toEqual([since.phone.id])
      expect(mine.account?.profile).toEqual({ sealedNickname: bytes('new'), avatarKey: null })
      const theirs = await allOf(store, other.userId)
      expect(theirs.phones).toHaveLength(2)
      expect(theirs.account?.phone).not.toBeNull()
      expect(theirs.account?.profile.sealedNickname).toEqual(bytes('name'))
    })

    it('leaves a number with whom it went to meanwhile', async () => {
      const store = use()
      const { survivor, merged: other, mergeId } = await merged(store, 'nothing')
      const third = await userIn(store, appId)
      await store.recordPhone(phoneOf(third.userId, two, { conflict: ruleOf('transfer', two, now) }))
      expect((await store.undoMerge(undoOf(mergeId, survivor))).status).toBe('undone')
      expect(await store.currentPhone(other.userId)).toBeNull()
      expect(await store.phonesOf(other.userId)).toHaveLength(2)
      expect(await store.currentPhone(third.userId)).not.toBeNull()
    })

    it('is refused when it is late, of somebody else, or not the last; nothing is written', async () => {
      const store = use()
      const { survivor, merged: other, mergeId } = await merged(store, 'nothing')
      expect(await store.undoMerge(undoOf(newId(), survivor))).toEqual({ status: 'unknown' })
      expect(await store.undoMerge(undoOf(mergeId, other))).toEqual({ status: 'unknown' })
      expect(await store.undoMerge(undoOf(mergeId, survivor, now + 7 * day))).toEqual({ status: 'late' })
      const third = await userIn(store, appId)
      const later = await mergeOf(store, survivor, third)
      await store.mergeUsers(later)
      expect(await store.undoMerge(undoOf(mergeId, survivor))).toEqual({ status: 'conflict', what: 'later-merge' })
      expect((await store.undoMerge(undoOf(later.mergeId, survivor))).status).toBe('undone')
      await store.recordProfile({ now, askedAt: now, userId: survivor.userId, avatarKey: 'another' })
      expect(await store.undoMerge(undoOf(mergeId, survivor))).toEqual({ status: 'conflict', what: 'avatar' })
      expect(await store.mergedInto(other.userId)).toBe(survivor.userId)
      expect(await store.identitiesOf(survivor.userId)).toHaveLength(2)
    })

    it('is over when the survivor withdraws a consent, is erased, or is merged on', async () => {
      const store = use()
      const [a, b, c] = [
        await merged(store, 'everything'),
        await merged(store, 'everything'),
        await merged(store, 'nothing'),
      ]
      const { userId } = a.survivor
      await store.withdrawConsent({ now, userId, appId, scope: 'phone', attempt: bytes('w') })
      await store.eraseUser({ now, userId: b.survivor.userId, attempt: bytes('e') })
      const next = await userIn(store, appId)
      const on = await mergeOf(store, next, c.survivor, { sessions: null })
      await store.mergeUsers(on)
      for (const { survivor, mergeId } of [a, b, c]) {
        expect(await store.undoMerge(undoOf(mergeId, survivor))).toEqual({ status: 'late' })
        expect((await store.mergesOf(survivor.userId))[0]?.open).toBe(false)
      }
      const doomed = await store.doomedAvatars(now + day, 10)
      expect([...doomed].sort()).toEqual([a.picture, b.picture, `mine of ${b.merged.userId}`].sort())
      expect((await store.undoMerge(undoOf(on.mergeId, next))).status).toBe('undone')
      expect((await store.findAccount(c.survivor.userId))?.profile.avatarKey).toBe(c.picture)
    })

    it('is over after its time: sweeping removes what was kept, and the picture nobody shows', async () => {
      const store = use()
      const { survivor, merged: other, mergeId, picture } = await merged(store, 'everything')
      const shown = await merged(store, 'nothing')
      await store.sweep(now + 7 * day - 1)
      expect((await store.mergesOf(survivor.userId))[0]?.open).toBe(true)
      expect(await store.doomedAvatars(now + 9 * day, 10)).toEqual([])
      expect(await store.sweep(now + 7 * day)).toBeGreaterThanOrEqual(2)
      expect(await store.undoMerge(undoOf(mergeId, survivor))).toEqual({ status: 'late' })
      expect(await store.doomedAvatars(now + 9 * day, 10)).toEqual([picture])
      expect((await store.findAccount(shown.survivor.userId))?.profile.avatarKey).toBe(shown.picture)
      expect(await store.mergedInto(other.userId)).toBe(survivor.userId)
      expect(await store.sweep(now + 7 * day)).toBe(0)
    })

    it('happens once however many ask, and never half against what the survivor does', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const { survivor, merged: other, mergeId, picture } = await merged(store, 'nothing')
        const { userId } = survivor
        const erase = round % 2 === 0
        const outcomes = await race(24, async index => {
          if (index === round * 2 && erase) await store.eraseUser({ now, userId, attempt: bytes('e') })
          if (index % 3 === 0) await store.recordPhone(phoneOf(userId, `+8613900000${newId()}`))
          return store.undoMerge(undoOf(mergeId, survivor))
        })
        const undone = countOf(outcomes, 'undone')
        expect(undone).toBe((await store.findUser(other.userId)) ? 1 : 0)
        expect(undone + countOf(outcomes, 'repeated') + countOf(outcomes, 'late')).toBe(24)
        if (!erase) expect(undone).toBe(1)
        const theirs = await store.phonesOf(other.userId)
        expect(theirs).toHaveLength(undone === 1 ? 2 : 0)
        expect(await store.identitiesOf(other.userId)).toHaveLength(undone)
        expect((await store.findAccount(other.userId))?.profile ?? nothing).toEqual(
          undone === 1 ? { sealedNickname: bytes('name'), avatarKey: picture } : nothing,
        )
      }
    })
  })
}

function never(): never {
  throw new Error('there is one for each racer')
}
