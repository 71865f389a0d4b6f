import { describe, expect, it } from 'vitest'
import { StorageFault } from '../../src/ports/store.ts'
import {
  againOf,
  appId,
  bytes,
  claimOf,
  countOf,
  keyOf,
  loginOf,
  newId,
  now,
  otherAppId,
  race,
  registered,
  rounds,
  type UseStore,
} from './subject.ts'

const racers = 64

export function loginsContract(use: UseStore): void {
  describe('logins', () => {
    it('finds nothing before anything was recorded', async () => {
      const store = use()
      expect(await store.findIdentity(appId, 'open-1')).toBeNull()
      expect(await store.findUser(newId())).toBeNull()
      expect(await store.findUserByUnionId('union-1')).toBeNull()
      expect(await store.findLogin(newId())).toBeNull()
      expect(await store.findClaimedLogin(claimOf('code'))).toBeNull()
      expect(await store.findSession(newId())).toBeNull()
    })

    it('creates user, identity, session and login in one step', async () => {
      const store = use()
      const login = loginOf('open-1', { unionId: 'union-1' })
      expect(await store.recordLogin(login)).toEqual({ status: 'recorded' })
      const { id } = login.user
      const user = { id, wrappedKey: bytes('data key of open-1'), createdAt: now }
      const identity = { appId, openId: 'open-1', unionId: 'union-1', userId: id }
      expect(await store.findIdentity(appId, 'open-1')).toEqual({
        identity,
        user,
        phone: null,
        profile: { sealedNickname: null, avatarKey: null },
      })
      expect(await store.findUser(id)).toEqual(user)
      expect(await store.findUserByUnionId('union-1')).toEqual(user)
      const row = { id: login.loginId, sessionId: login.session.id, userId: id, appId, at: now }
      expect(await store.findLogin(login.loginId)).toEqual(row)
      expect(await store.findClaimedLogin(login.claim)).toEqual({ attempt: login.claim.attempt, login: row })
      expect(await store.findSession(login.session.id)).toEqual({
        ...login.session,
        userId: id,
        appId,
        openId: 'open-1',
        counter: 0,
        createdAt: now,
        endedAt: null,
      })
    })

    it('creates a user without a login, who logs in later', async () => {
      const store = use()
      const { user, openId, unionId } = loginOf('open-1', { unionId: 'union-1' })
      const input = { now: now - 5000, appId, openId, unionId, user }
      expect(await store.recordIdentity(input)).toBe('recorded')
      expect(await store.recordIdentity(input)).toBe('user-exists')
      const found = await store.findIdentity(appId, openId)
      expect(found).toMatchObject({ identity: { unionId: 'union-1' }, user: { id: user.id, createdAt: now - 5000 } })
      expect((await store.findUserByUnionId('union-1'))?.id).toBe(user.id)
      expect(await store.sessionsOf(user.id)).toEqual([])
      const known = { id: user.id, create: null }
      expect(await store.recordIdentity({ ...input, appId: otherAppId, user: known })).toBe('recorded')
      expect(await store.identitiesOf(user.id)).toHaveLength(2)
      expect(await store.recordLogin(loginOf(openId, { user: known }))).toEqual({ status: 'recorded' })
    })

    it('makes one user of first logins and imports of one openid at once', async () => {
      const store = use()
      for (let round = 0; round < rounds; round += 1) {
        const outcomes = await race(racers, async index => {
          const login = loginOf(`open-${round}`)
          const { openId, unionId, user } = login
          if (index % 2) return store.recordLogin(login)
          return { status: await store.recordIdentity({ now, appId, openId, unionId, user }) }
        })
        expect(countOf(outcomes, 'recorded')).toBe(1)
        expect(countOf(outcomes, 'user-exists')).toBe(racers - 1)
      }
    })

    it('gives a known user a new session and keeps the user as it was', async () => {
      const store = use()
      const first = await registered(store)
      const second = againOf(first, { now: now + 5000 })
      expect(await store.recordLogin(second)).toEqual({ status: 'recorded' })
      expect((await store.findUser(first.user.id))?.createdAt).toBe(now)
      expect((await store.findSession(second.session.id))?.createdAt).toBe(now + 5000)
      expect((await store.findLogin(second.loginId))?.at).toBe(now + 5000)
      expect((await store.findSession(first.session.id))?.endedAt).toBeNull()
    })

    it('keeps one openid apart in two apps', async () => {
      const store = use()
      const here = await registered(store, { openId: 'open-1' })
      const there = loginOf('open-1', { appId: otherAppId })
      expect(await store.recordLogin(there)).toEqual({ status: 'recorded' })
      expect((await store.findIdentity(appId, 'open-1'))?.user.id).toBe(here.user.id)
      expect((await store.findIdentity(otherAppId, 'open-1'))?.user.id).toBe(there.user.id)
    })

    it('tells a first login that somebody was first, and writes nothing of it', async () => {
      const store = use()
      await registered(store, { openId: 'open-1' })
      const late = loginOf('open-1', { unionId: 'union-1', sessionKey: keyOf('key') })
      expect(await store.recordLogin(late)).toEqual({ status: 'user-exists' })
      expect(await store.findUser(late.user.id)).toBeNull()
      expect(await store.findSession(late.session.id)).toBeNull()
      expect(await store.findLogin(late.loginId)).toBeNull()
      expect(await store.findClaimedLogin(late.claim)).toBeNull()
      expect(await store.findUserByUnionId('union-1')).toBeNull()
      expect((await store.findIdentity(appId, 'open-1'))?.identity.unionId).toBeNull()
    })

    it('does not give the identity of one user to another', async () => {
      const store = use()
      const owner = await registered(store, { openId: 'open-1' })
      const other = await registered(store)
      expect(await store.recordLogin(againOf(other, { openId: 'open-1' }))).toEqual({ status: 'user-exists' })
      expect((await store.findIdentity(appId, 'open-1'))?.user.id).toBe(owner.user.id)
    })

    it('does not give a new identity to a user without their unionid', async () => {
      const store = use()
      const user = await registered(store, { unionId: 'union-1' })
      for (const unionId of [null, 'union-2']) {
        const login = againOf(user, { openId: 'open-new', unionId })
        expect(await store.recordLogin(login)).toEqual({ status: 'user-exists' })
        expect(await store.findIdentity(appId, 'open-new')).toBeNull()
      }
    })

    it('makes one user of any number of first logins', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const openId = `open-${round}`
        const logins = Array.from({ length: racers }, () => loginOf(openId))
        const outcomes = await race(racers, index => store.recordLogin(logins[index] ?? loginOf(openId)))
        expect(countOf(outcomes, 'recorded')).toBe(1)
        expect(countOf(outcomes, 'user-exists')).toBe(racers - 1)
        const winner = logins[outcomes.findIndex(outcome => outcome.status === 'recorded')]
        expect((await store.findIdentity(appId, openId))?.user.id).toBe(winner?.user.id)
        const users = await race(racers, index => store.findUser(logins[index]?.user.id ?? ''))
        expect(users.filter(user => user !== null)).toHaveLength(1)
      }
    })

    it('records any number of logins of a known user at once', async () => {
      const store = use()
      const first = await registered(store)
      const logins = Array.from({ length: racers }, () => againOf(first))
      const outcomes = await race(racers, index => store.recordLogin(logins[index] ?? first))
      expect(countOf(outcomes, 'recorded')).toBe(racers)
      const sessions = await race(racers, index => store.findSession(logins[index]?.session.id ?? ''))
      expect(sessions.every(session => session?.userId === first.user.id)).toBe(true)
    })
  })

  describe('login codes', () => {
    it('work once, and tell a retry from a second use', async () => {
      const store = use()
      const first = await registered(store)
      const spent = { status: 'code-spent', loginId: first.loginId, sessionId: first.session.id }
      const retry = againOf(first, { claim: first.claim })
      expect(await store.recordLogin(retry)).toEqual({ ...spent, sameAttempt: true })
      const second = againOf(first, { claim: { ...first.claim, attempt: bytes('another nonce') } })
      expect(await store.recordLogin(second)).toEqual({ ...spent, sameAttempt: false })
      expect(await store.findSession(retry.session.id)).toBeNull()
      expect(await store.findSession(second.session.id)).toBeNull()
    })

    it('say that they are spent before they say that the user exists', async () => {
      const store = use()
      const first = await registered(store)
      const late = loginOf(first.openId, { claim: first.claim })
      expect(await store.recordLogin(late)).toMatchObject({ status: 'code-spent', loginId: first.loginId })
      expect(await store.findUser(late.user.id)).toBeNull()
    })

    it('of two apps may have one hash', async () => {
      const store = use()
      const first = await registered(store)
      const other = loginOf('open-2', { appId: otherAppId, claim: { ...first.claim, appId: otherAppId } })
      expect(await store.recordLogin(other)).toEqual({ status: 'recorded' })
      expect((await store.findClaimedLogin(first.claim))?.login.id).toBe(first.loginId)
    })

    it('are spent by one of any number of logins', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const first = await registered(store)
        const claim = claimOf(newId())
        const logins = Array.from({ length: racers }, () => againOf(first, { claim }))
        const outcomes = await race(racers, index => store.recordLogin(logins[index] ?? first))
        expect(countOf(outcomes, 'recorded')).toBe(1)
        const winner = logins[outcomes.findIndex(outcome => outcome.status === 'recorded')]
        for (const outcome of outcomes) {
          if (outcome.status !== 'recorded') expect(outcome).toMatchObject({ loginId: winner?.loginId })
        }
        const sessions = await race(racers, index => store.findSession(logins[index]?.session.id ?? ''))
        expect(sessions.filter(session => session !== null)).toHaveLength(1)
      }
    })

    it('that were only claimed belong to the login that WeChat confirmed', async () => {
      const store = use()
      const claim = claimOf('code')
      expect(await store.claim(claim, now, 1000)).toEqual({ status: 'claimed' })
      expect(await store.findClaimedLogin(claim)).toBeNull()
      const login = await registered(store, { claim: { ...claim, attempt: bytes('another nonce') } })
      expect((await store.findClaimedLogin(claim))?.login.id).toBe(login.loginId)
      expect(await store.claim(claim, now, 1000)).toEqual({ status: 'spent' })
    })
  })

  describe('a login that cannot be written', () => {
    it('leaves nothing behind and harms nobody else', async () => {
      const store = use()
      const first = await registered(store)
      const broken = loginOf('open-broken', {
        unionId: 'union-broken',
        session: first.session,
        sessionKey: keyOf('key'),
      })
      const before = loginOf('open-before')
      const after = loginOf('open-after')
      const [one, two, three] = await Promise.allSettled([before, broken, after].map(login => store.recordLogin(login)))
      expect(one).toEqual({ status: 'fulfilled', value: { status: 'recorded' } })
      expect(three).toEqual({ status: 'fulfilled', value: { status: 'recorded' } })
      expect(two).toMatchObject({ status: 'rejected', reason: { code: 'failed' } })
      expect(two?.status === 'rejected' && two.reason).toBeInstanceOf(StorageFault)
      expect(await store.findUser(broken.user.id)).toBeNull()
      expect(await store.findIdentity(appId, 'open-broken')).toBeNull()
      expect(await store.findUserByUnionId('union-broken')).toBeNull()
      expect(await store.findClaimedLogin(broken.claim)).toBeNull()
      expect(await store.findLogin(before.loginId)).not.toBeNull()
      expect(await store.findLogin(after.loginId)).not.toBeNull()
    })
  })
}
