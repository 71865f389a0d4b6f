import { describe, expect, it } from 'vitest'
import {
  againOf,
  appId,
  bytes,
  idOf,
  keyOf,
  loginOf,
  newId,
  now,
  otherAppId,
  pagesOf,
  phoneOf,
  race,
  registered,
  rounds,
  type Subject,
  type UseStore,
} from './subject.ts'

const nothing = { sealedNickname: null, avatarKey: null }

/** A user with everything a user can have. */
async function full(store: Subject) {
  const unionId = `union-${newId()}`
  const login = await registered(store, { unionId, sessionKey: keyOf(newId()) })
  const userId = login.user.id
  await store.recordPhone(phoneOf(userId, '+8613800000001'))
  await store.recordPhone(phoneOf(userId, '+8613800000002'))
  await store.recordProfile({
    now,
    askedAt: now,
    userId,
    sealedNickname: bytes('xiaoming'),
    avatarKey: `avatar of ${userId}`,
  })
  const consent = { now, userId, appId, scope: 'phone', version: 'v1', textHash: null, attempt: bytes('n') } as const
  await store.recordConsent(consent)
  return { login, userId, unionId }
}

const erasureOf = (userId: string, nonce = 'nonce', at = now) => ({ now: at, userId, attempt: bytes(nonce) })

export function accountsContract(use: UseStore): void {
  describe('accounts', () => {
    it('are user, current phone and profile in one', async () => {
      const store = use()
      const { login, userId } = await full(store)
      const account = {
        user: await store.findUser(userId),
        phone: await store.currentPhone(userId),
        profile: { sealedNickname: bytes('xiaoming'), avatarKey: `avatar of ${userId}` },
      }
      expect(await store.findAccount(userId)).toEqual(account)
      const session = await store.findSession(login.session.id)
      expect(await store.findAccountOfSession(login.session.id)).toEqual({ ...account, session })
    })

    it('are found without phone and profile, and not found when there is no such user', async () => {
      const store = use()
      const login = await registered(store)
      const user = await store.findUser(login.user.id)
      expect(await store.findAccount(login.user.id)).toEqual({ user, phone: null, profile: nothing })
      expect(await store.findAccountOfSession(login.session.id)).toMatchObject({ user, phone: null, profile: nothing })
      expect(await store.findAccount(newId())).toBeNull()
      expect(await store.findAccountOfSession(newId())).toBeNull()
    })

    it('tell as many of their live sessions as are asked for', async () => {
      const store = use()
      const { user, openId, session } = await registered(store)
      const logins = [1, 2, 3, 4].map(age => loginOf(openId, { user: { id: user.id, create: null }, now: now + age }))
      for (const login of logins) await store.recordLogin(login)
      const [first, second, third, fourth] = logins.map(login => login.session.id)
      await store.endSession(third ?? '', now + 5, 'user')
      const live = async (at: number, limit: number) =>
        (await store.liveSessionsOf(user.id, at, limit)).map(({ id }) => id)
      expect(await live(now + 6, 10)).toEqual([fourth, second, first, session.id])
      expect(await live(now + 6, 2)).toEqual([fourth, second])
      expect(await live(session.idleUntil, 10)).toEqual([])
      expect(await store.liveSessionsOf(newId(), now, 10)).toEqual([])
    })

    it('tell their identities and sessions', async () => {
      const store = use()
      const unionId = `union-${newId()}`
      const first = await registered(store, { unionId })
      const { id } = first.user
      const user = { id, create: null }
      const second = loginOf('open-in-other-app', { appId: otherAppId, unionId, user, now: now + 1 })
      await store.recordLogin(second)
      await registered(store)
      expect(await store.identitiesOf(id)).toEqual([
        { appId, openId: first.openId, unionId, userId: id },
        { appId: otherAppId, openId: 'open-in-other-app', unionId, userId: id },
      ])
      expect(await store.sessionsOf(id)).toEqual([
        await store.findSession(second.session.id),
        await store.findSession(first.session.id),
      ])
      expect(await store.identitiesOf(newId())).toEqual([])
      expect(await store.sessionsOf(newId())).toEqual([])
    })

    it('tell their sessions page by page, each once, and no page is longer than its limit', async () => {
      const store = use()
      const first = await registered(store)
      const ids = [first.session.id]
      for (let index = 0; index < 4; index += 1) {
        const again = againOf(first)
        await store.recordLogin(again)
        ids.unshift(again.session.id)
      }
      await registered(store)
      const pages = await pagesOf(page => store.sessionsOf(first.user.id, page), idOf)
      expect(pages.map(rows => rows.map(idOf))).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)])
    })

    it('get a unionid later, never another one, and never somebody else’s', async () => {
      const store = use()
      const [one, two] = [await registered(store), await registered(store)]
      const link = (login: typeof one, unionId: string, userId = login.user.id) =>
        store.linkUnionId({ appId, openId: login.openId, userId, unionId })
      const unionId = `union-${newId()}`
      await link(one, unionId, two.user.id)
      expect(await store.findUserByUnionId(unionId)).toBeNull()
      expect(await link(one, unionId)).toBeNull()
      expect(await link(one, 'union-other')).toBeNull()
      expect(await link(two, unionId)).toBe(one.user.id)
      // Told once, like at a login.
      expect(await link(two, unionId)).toBeNull()
      expect((await store.findUserByUnionId(unionId))?.id).toBe(one.user.id)
      expect(await store.findUserByUnionId('union-other')).toBeNull()
      expect(await store.identitiesOf(one.user.id)).toMatchObject([{ unionId }])
    })
  })

  it('of two users that get one unionid at once, one has it and the other one’s caller is told', async () => {
    const store = use()
    const logins = await Promise.all([1, 2, 3, 4].map(() => registered(store)))
    const unionId = `union-${newId()}`
    const link = ({ openId, user }: (typeof logins)[number]) =>
      store.linkUnionId({ appId, openId, userId: user.id, unionId })
    const told = await Promise.all(logins.map(link))
    const owner = (await store.findUserByUnionId(unionId))?.id
    expect(told.map(other => other ?? owner)).toEqual(logins.map(() => owner))
    expect(told.filter(other => other === null)).toHaveLength(1)
  })

  describe('erasing a user', () => {
    it('leaves nothing of them but the fact, and their consents', async () => {
      const store = use()
      const { login, userId, unionId } = await full(store)
      const [phone] = await store.phonesOf(userId)
      expect(await store.eraseUser(erasureOf(userId))).toBe(now)
      expect(await store.findUser(userId)).toBeNull()
      expect(await store.findAccount(userId)).toBeNull()
      expect(await store.findIdentity(appId, login.openId)).toBeNull()
      expect(await store.findUserByUnionId(unionId)).toBeNull()
      expect(await store.identitiesOf(userId)).toEqual([])
      expect(await store.findSession(login.session.id)).toBeNull()
      expect(await store.findAccountOfSession(login.session.id)).toBeNull()
      expect(await store.sessionsOf(userId)).toEqual([])
      expect(await store.findLogin(login.loginId)).toBeNull()
      expect(await store.sessionKeysOf(login.loginId, 0)).toEqual([])
      expect(await store.phonesOf(userId)).toEqual([])
      expect(await store.findPhone(phone?.id ?? '')).toBeNull()
      expect(await store.doomedAvatars(now + 1, 10)).toEqual([`avatar of ${userId}`])
      expect(await store.consentsOf(userId)).toHaveLength(1)
    })

    it('touches nobody else', async () => {
      const store = use()
      const [gone, stays] = [await full(store), await full(store)]
      await store.eraseUser(erasureOf(gone.userId))
      expect(await store.phonesOf(stays.userId)).toHaveLength(2)
      expect(await store.findSession(stays.login.session.id)).not.toBeNull()
      expect((await store.findUserByUnionId(stays.unionId))?.id).toBe(stays.userId)
    })

    it('makes the next login of the same person a new user', async () => {
      const store = use()
      const { login, userId } = await full(store)
      await store.eraseUser(erasureOf(userId))
      expect(await store.recordLogin(againOf(login))).toEqual({ status: 'user-exists' })
      const anew = loginOf(login.openId, { unionId: login.unionId })
      expect(await store.recordLogin(anew)).toEqual({ status: 'recorded' })
      expect((await store.findIdentity(appId, login.openId))?.user.id).toBe(anew.user.id)
    })

    it('tells its time to a repeat of the same attempt, and to no other', async () => {
      const store = use()
      const { userId } = await full(store)
      await store.eraseUser(erasureOf(userId))
      expect(await store.eraseUser(erasureOf(userId, 'nonce', now + 9))).toBe(now)
      expect(await store.eraseUser(erasureOf(userId, 'another', now + 9))).toBeNull()
      expect(await store.eraseUser(erasureOf(newId()))).toBeNull()
    })

    it('is done by one of any number of attempts', async () => {
      const store = use()
      const { userId } = await full(store)
      const audit = { at: now, actor: 'user', act: 'user-erased', appId, subject: userId, details: {} } as const
      const outcomes = await race(64, index =>
        store.eraseUser({ ...erasureOf(userId, `nonce ${index}`, now + index), audit }),
      )
      expect(await store.auditAfter(0, 10)).toMatchObject([{ ...audit, details: '{}' }])
      expect(outcomes.filter(outcome => outcome !== null)).toHaveLength(1)
    })

    it('lets nothing come back that was under way: no login, phone, profile, consent', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const { login, userId } = await full(store)
        const others: (() => Promise<unknown>)[] = [
          () => store.recordLogin(againOf(login, { sessionKey: keyOf(newId()) })),
          () => store.recordPhone(phoneOf(userId, `+8613900000${newId()}`)),
          () => store.recordProfile({ now, askedAt: now, userId, sealedNickname: bytes('again') }),
          () => store.recordProfile({ now, askedAt: now, userId, avatarKey: newId() }),
          () =>
            store.rotateSession({ sessionId: login.session.id, counter: 0, attempt: bytes('r'), now, idleUntil: now }),
        ]
        await race(32, index =>
          index === round * 2
            ? store.eraseUser(erasureOf(userId))
            : (others[index % others.length]?.() ?? Promise.resolve()),
        )
        expect(await store.eraseUser(erasureOf(userId))).toBe(now)
        expect(await store.findAccount(userId)).toBeNull()
        expect(await store.phonesOf(userId)).toEqual([])
        expect(await store.sessionsOf(userId)).toEqual([])
        expect(await store.identitiesOf(userId)).toEqual([])
        expect(await store.recordPhone(phoneOf(userId, '+8613800000009'))).toEqual({ status: 'user-gone' })
        expect(await store.recordProfile({ now, askedAt: now, userId, avatarKey: 'late' })).toEqual({
          status: 'user-gone',
        })
      }
    })
  })
}
