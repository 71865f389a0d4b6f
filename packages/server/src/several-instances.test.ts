// Two servers on the same data, as two processes of one deployment are.
import { randomBytes } from 'node:crypto'
import { type LoginAnswer, type Problem, routes } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { createMemoryAvatars } from '../test/memory-avatars.ts'
import { appId, expectProblem, newNonce, openServer, otherAppId, race } from '../test/open-server.ts'
import { sharedStores } from '../test/shared-stores.ts'
import { keyFailures } from './domain/limits.ts'
import { rotateKeyring } from './keys/rotate-keyring.ts'
import { createMemoryLimiter } from './limits/memory-limiter.ts'

type Options = Parameters<typeof openServer>[0]

describe.each(await sharedStores())('on %s', { timeout: 30_000 }, (_, openData) => {
  if (!openData) return it.skip('is not installed')

  /** Instances that share what instances share: data, keys, WeChat and time. */
  const openMany = async (count: number, options: Options = {}) => {
    const openStore = await openData()
    const first = openServer({ ...options, store: await openStore() })
    const others = []
    while (others.length < count - 1) others.push(openServer({ ...options, beside: first, store: await openStore() }))
    return [first, ...others] as const
  }
  async function openTwo(options: Options = {}) {
    const [here, there = here] = await openMany(2, options)
    return { here, there }
  }

  describe('a session that ended on one instance', () => {
    it('is refused by the other at once, although it has verified its token before', async () => {
      const { here, there } = await openTwo()
      const { token, tokens } = await here.logIn()
      expect([(await here.me(token)).status, (await there.me(token)).status]).toEqual([200, 200])
      await here.post(routes.logout, { refreshToken: tokens.refreshToken })
      expectProblem(await there.me(token), 401, 'token_invalid')
      expectProblem(await there.rotate(tokens.refreshToken, newNonce()), 401, 'refresh_invalid')
    })

    it('by the theft of its refresh token, found by racing rotations on both, has ended on both', async () => {
      const { here, there } = await openTwo()
      const { token, tokens } = await here.logIn()
      const answers = await race(16, index => (index % 2 ? here : there).rotate(tokens.refreshToken, newNonce()))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      for (const instance of [here, there]) expectProblem(await instance.me(token), 401, 'token_invalid')
    })

    it('however it ends, is told of once, for those who publish it', async () => {
      const options: Options = { avatars: { storage: createMemoryAvatars().storage } }
      const { here, there } = await openTwo(options)
      const told = () =>
        [here, there].flatMap(({ eventsOf }) =>
          eventsOf('session-ended').map(({ reason, sessionId }) => [reason, sessionId]),
        )
      const idOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid
      const mine = await here.logIn('a')
      const other = await there.logIn('b', { appId: otherAppId })
      here.pass(1000)
      const merged = await here.server.users.merge({ into: mine.user.id, from: other.user.id })
      expect(merged).toMatchObject({ status: 'merged' })
      const again = await there.logIn('a')
      await there.send(`${routes.me}?nonce=${newNonce()}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${again.token}` },
      })
      expect(told()).toEqual([
        ['operator', idOf(other.token)],
        ['erased', idOf(again.token)],
        ['erased', idOf(mine.token)],
      ])
    })
  })

  describe('forgers who try ciphertexts on every instance at once', () => {
    it('get five tries at a session_key, not five and one more for each instance', async () => {
      // WeChat is asked between reading the key and trying it.
      const options: Options = { openData: 'monitor' }
      const instances = await openMany(4, options)
      const [first] = instances
      const { person, token, loginId } = await first.logIn()
      const forged = () => ({
        encryptedData: randomBytes(64).toString('base64'),
        iv: randomBytes(16).toString('base64'),
      })
      let refused = 0
      for (let round = 0; round < 20; round += 1) {
        const answers = await race(8, index =>
          (instances[index % 4] ?? first).phone({ ...forged(), loginId, nonce: newNonce() }, token),
        )
        const codes = answers.map(({ body }) => (body as Problem).code)
        for (const code of codes) expect(code).toMatch(/^(phone_data_invalid|attempt_pending|login_unusable)$/)
        refused += codes.filter(code => code === 'phone_data_invalid').length
      }
      expect(refused).toBe(keyFailures)
      const genuine = first.wechat.phoneData(person, '+8613800138000')
      expectProblem(await first.phone({ ...genuine, loginId, nonce: newNonce() }, token), 409, 'login_unusable')
    })

    it('whose instance died in its turn hold others up for fifteen seconds', async () => {
      const { here, there } = await openTwo({ openData: 'enforce' })
      const { person, token, loginId } = await here.logIn()
      const send = (instance: typeof here) =>
        instance.phone({ ...here.wechat.phoneData(person, '+8613800138000'), loginId, nonce: newNonce() }, token)
      here.wechat.neverAnswer('checkEncryptedData')
      void send(here)
      await expect.poll(() => here.wechat.calls.checkEncryptedData).toBe(1)
      expectProblem(await send(there), 409, 'attempt_pending')
      there.pass(15_000)
      expect((await send(there)).status).toBe(200)
    })
  })

  describe('one code sent to both instances at once', () => {
    it('logs in once; the same attempt gets one session, and where WeChat was too quick it is told to take a new code', async () => {
      const { here, there } = await openTwo()
      for (let round = 0; round < 50; round += 1) {
        const body = { appId, code: here.wechat.loginCode({ appId, openId: `a ${round}` }), nonce: newNonce() }
        const answers = await race(8, index =>
          (index % 2 ? here : there).post<LoginAnswer & Problem>(routes.login, body),
        )
        const sessions = new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body.loginId))
        expect(sessions.size).toBe(1)
        for (const { body } of answers.filter(({ status }) => status !== 200)) expect(body.code).toBe('code_consumed')
      }
    })

    it('of a phone is paid for once', async () => {
      const { here, there } = await openTwo({ policy: { phoneBudget: 1 } })
      const { person, token } = await here.logIn()
      const body = { code: here.wechat.phoneCode(person, '+8613800138000'), nonce: newNonce() }
      const answers = await race(8, index => (index % 2 ? here : there).phone(body, token))
      expect(here.wechat.calls.phoneByCode).toBe(1)
      for (const { status, body } of answers) if (status !== 200) expect(body.code).toBe('attempt_pending')
      expect((await there.phone(body, token)).body.phone.number).toBe('+8613800138000')
      expect((await there.phones(token)).body.phones).toHaveLength(1)
    })
  })

  describe('a new signing key', () => {
    it('verifies on every instance before the first of them signs with it, if each has read the file of the step before', async () => {
      const { here, there } = await openTwo()
      const now = here.time.now
      const staged = rotateKeyring({ keyring: here.keys, kind: 'signing', now })
      if (staged.status !== 'staged') throw new Error(staged.status)
      expect(rotateKeyring({ keyring: staged.keyring, kind: 'signing', now: staged.until - 1 }).status).toBe(
        'too-early',
      )
      // An instance looks at the file every two seconds.
      expect(staged.until - now).toBeGreaterThan(100 * 2000)
      for (const { server } of [here, there]) await server.replaceKeys(staged.keyring)
      here.pass(staged.until - now)
      const promoted = rotateKeyring({ keyring: staged.keyring, kind: 'signing', now: staged.until })
      if (promoted.status !== 'promoted') throw new Error(promoted.status)
      await here.server.replaceKeys(promoted.keyring)
      const [byNew, byOld] = [await here.logIn('a'), await there.logIn('b')]
      for (const { token } of [byNew, byOld])
        for (const instance of [here, there]) expect((await instance.me(token)).status).toBe(200)
    })
  })

  describe('work that no request asks for', () => {
    it('two instances that sweep at once sweep each row once, and nothing that lives', async () => {
      const { here, there } = await openTwo()
      await race(20, index => here.logIn(`gone ${index}`))
      here.pass(31 * 24 * 3600_000)
      const kept = await there.logIn('kept')
      const swept = await Promise.all([here.server.sweep(), there.server.sweep()])
      const alone = openServer()
      await race(20, index => alone.logIn(`gone ${index}`))
      alone.pass(31 * 24 * 3600_000)
      expect(swept[0] + swept[1]).toBe(await alone.server.sweep())
      expect((await here.me(kept.token)).status).toBe(200)
    })
  })

  it('requests are counted once for all instances that share a limiter', async () => {
    const limiter = createMemoryLimiter()
    const limits = { perUser: { requests: 5, windowMs: 60_000 } }
    const { here, there } = await openTwo({ limits, limiter })
    const { token } = await here.logIn()
    const answers = await race(12, index =>
      (index % 2 ? here : there).post<Problem>(routes.profile, { nickname: `小明${index}` }, token),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(7)
  })
})
