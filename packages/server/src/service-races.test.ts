// The races of docs/security/races.json as front ends and WeChat see them: requests at once, on two servers where the
// store allows two. What the stores promise between real processes is in test/store-races.
import {
  type ErasureAnswer,
  type LoginAnswer,
  type Problem,
  routes,
  type TokenAnswer,
} from '@weapp-auth/protocol/contract'
import { pushSignature } from '@weapp-auth/protocol/wechat'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newSessionKey } from '../test/fake-wechat.ts'
import { appId, newNonce, openServer, race } from '../test/open-server.ts'
import { sharedStores } from '../test/shared-stores.ts'
import { administer } from './administer.ts'
import type { Keyring, Store } from './index.ts'
import { retireKey, rotateKeyring } from './keys/rotate-keyring.ts'
import { createSqliteStore } from './stores/sqlite/index.ts'

/** So often each race is run: at length as often as the plan asks, else so often that it fits into minutes. */
const roundsOf = (most: number) => (process.env.WEAPP_AUTH_LONG ? most : 12)
const many = roundsOf(500)
const fewer = roundsOf(300)
const number = '+8613800138000'
const push = { token: 'AAAAA', delayMs: 600_000 }

type Options = Parameters<typeof openServer>[0]
type Instance = ReturnType<typeof openServer>

async function inSqlite(): Promise<() => Promise<Store>> {
  const store = createSqliteStore({ database: new Database(':memory:') })
  onTestFinished(() => store.close())
  return async () => store
}

describe.each([...(await sharedStores()), ['SQLite', inSqlite] as const])(
  'on %s',
  { timeout: process.env.WEAPP_AUTH_LONG ? 3_600_000 : 600_000 },
  (_, openData) => {
    if (!openData) return it.skip('is not installed')

    /** One server, or two where they may share the store; racer n goes to `at(n)`. */
    const open = async (options: Options = {}) => {
      const openStore = await openData()
      const limits = { perIp: 'off', perUser: 'off', perApp: 'off' } as const
      const first = openServer({ limits, openData: 'monitor', ...options, store: await openStore() })
      const others = first.store.isShared
        ? [openServer({ limits, openData: 'monitor', ...options, beside: first, store: await openStore() })]
        : []
      const all = [first, ...others]
      const at = (racer: number): Instance => all[racer % all.length] ?? first
      return { first, all, at }
    }

    /** On a busy machine a lock or an answer of the database may come too late; then clients make the same attempt again. */
    async function patiently<T extends { readonly body: { readonly code?: string } }>(
      ask: () => Promise<T>,
    ): Promise<T> {
      for (;;) {
        const answer = await ask()
        if (!/^storage_(busy|failed)$/.test(answer.body.code ?? '')) return answer
      }
    }

    const countOf = (answers: readonly { readonly status: number }[], status: number) =>
      answers.filter(answer => answer.status === status).length
    const idOf = ({ body }: { readonly body: LoginAnswer }) => body.user.id

    it('sixty-four first logins of one person make one user, who is created once, and sixty-four sessions', async () => {
      const { first, at } = await open()
      for (let round = 0; round < many; round += 1) {
        const codes = Array.from({ length: 64 }, () => first.wechat.loginCode({ appId, openId: `a ${round}` }))
        const answers = await race(64, racer =>
          at(racer).post<LoginAnswer>(routes.login, { appId, code: codes[racer], nonce: newNonce() }),
        )
        expect(countOf(answers, 200)).toBe(64)
        expect(new Set(answers.map(idOf)).size).toBe(1)
        expect(answers.filter(({ body }) => body.created)).toHaveLength(1)
        expect(new Set(answers.map(({ body }) => body.loginId)).size).toBe(64)
      }
    })

    it('sixty-four attempts with one login code spend it once', async () => {
      const { first, at } = await open()
      for (let round = 0; round < many; round += 1) {
        const code = first.wechat.loginCode({ appId, openId: `b ${round}` })
        const answers = await race(64, racer =>
          at(racer).post<LoginAnswer & Problem>(routes.login, { appId, code, nonce: newNonce() }),
        )
        expect(countOf(answers, 200)).toBe(1)
        for (const { status, body } of answers) if (status !== 200) expect(body.code).toBe('code_consumed')
      }
    })

    it.each(['code', 'data'] as const)(
      'thirty-two requests with one proof of a number (%s) are one question to WeChat and one line of history',
      async kind => {
        const { first, at } = await open()
        for (let round = 0; round < fewer; round += 1) {
          const { person, token, loginId } = await first.logIn(`c-${round}`)
          const proof =
            kind === 'code' ? { code: first.wechat.phoneCode(person, number) } : first.wechat.phoneData(person, number)
          const before = first.wechat.calls.phoneByCode
          const nonce = newNonce()
          const answers = await race(32, racer => at(racer).phone({ ...proof, loginId, nonce }, token))
          for (const { status, body } of answers) if (status !== 200) expect(body.code).toBe('attempt_pending')
          expect(countOf(answers, 200)).toBeGreaterThan(0)
          expect(first.wechat.calls.phoneByCode - before).toBe(kind === 'code' ? 1 : 0)
          expect((await first.phones(token)).body.phones).toHaveLength(1)
        }
      },
    )

    it.each([
      ['reject', 1],
      ['transfer', 16],
    ] as const)('of sixteen users who prove one number at once one has it: %s', async (phoneConflict, bound) => {
      const { first, at } = await open({ phoneConflict, policy: { phoneCoolDownMs: 3600_000 } })
      for (let round = 0; round < many; round += 1) {
        const users = await race(16, racer => at(racer).logIn(`d-${round}-${racer}`))
        const own = `+86138${String(round).padStart(8, '0')}`
        const answers = await race(16, racer => {
          const { person, token } = users[racer] ?? { person: { appId, openId: '' }, token: '' }
          return at(racer).phone({ code: first.wechat.phoneCode(person, own), nonce: newNonce() }, token)
        })
        const owners = await race(16, racer => first.me(users[racer]?.token ?? ''))
        expect(owners.filter(({ body }) => body.user.phone?.number === own)).toHaveLength(1)
        // A number that was proved a moment ago stays where it is, so one alone gets it by `transfer` too.
        expect(countOf(answers, 200)).toBeLessThanOrEqual(bound)
        const histories = await race(16, racer => first.phones(users[racer]?.token ?? ''))
        expect(histories.flatMap(({ body }) => body.phones)).toHaveLength(countOf(answers, 200))
      }
    })

    it('sixty-four refreshes of one attempt move on once, and all read the same token', async () => {
      const { first, at } = await open()
      const { tokens } = await first.logIn()
      let { refreshToken } = tokens
      for (let round = 0; round < many; round += 1) {
        const nonce = newNonce()
        const answers = await race(64, racer => at(racer).rotate(refreshToken, nonce))
        expect(countOf(answers, 200)).toBe(64)
        const next = new Set(answers.map(({ body }) => body.tokens.refreshToken))
        expect(next.size).toBe(1)
        ;[refreshToken = ''] = next
      }
    })

    it('sixteen refreshes of sixteen attempts end the session', async () => {
      const { first, at } = await open()
      for (let round = 0; round < many; round += 1) {
        const { token, tokens } = await first.logIn(`f-${round}`)
        const answers = await race(16, racer => at(racer).rotate(tokens.refreshToken, newNonce()))
        expect(countOf(answers, 200)).toBe(1)
        const [got] = answers.filter(({ status }) => status === 200).map(({ body }) => body.tokens.refreshToken)
        expect((await first.me(token)).status).toBe(401)
        expect((await at(1).rotate(got ?? '', newNonce())).status).toBe(401)
      }
    })

    it('after a logout no token that a refresh got beside it works', async () => {
      const { first, at } = await open()
      for (let round = 0; round < many; round += 1) {
        const { token, tokens } = await first.logIn(`g-${round}`)
        const { refreshToken } = tokens
        const nonce = newNonce()
        const answers = await race(16, racer =>
          racer % 2
            ? at(racer >> 1).rotate(refreshToken, nonce)
            : at(racer >> 1).post<TokenAnswer & Problem>(routes.logout, { refreshToken }),
        )
        for (const [racer, { status }] of answers.entries())
          expect(racer % 2 ? [200, 401] : [200, 204]).toContain(status)
        const handedOut = answers.flatMap(({ body }) => (body?.tokens ? [body.tokens] : []))
        for (const one of [tokens, ...handedOut]) {
          expect((await at(1).me(one.accessToken)).status).toBe(401)
          expect((await first.rotate(one.refreshToken, newNonce())).status).toBe(401)
        }
        expect((await first.me(token)).status).toBe(401)
      }
    })

    it('an erasure beside fifteen logins leaves no session and no number of the user who was erased', async () => {
      const { first, at } = await open()
      for (let round = 0; round < many; round += 1) {
        const openId = `h-${round}`
        const { token, user, person } = await first.logIn(openId)
        await first.phone({ code: first.wechat.phoneCode(person, number), nonce: newNonce() }, token)
        const codes = Array.from({ length: 15 }, () => first.wechat.loginCode({ appId, openId }))
        const erasing = first.send<ErasureAnswer>(`${routes.me}?nonce=${newNonce()}`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${token}` },
        })
        const logins = await race(15, racer =>
          at(racer).post<LoginAnswer>(routes.login, { appId, code: codes[racer], nonce: newNonce() }),
        )
        expect((await erasing).status).toBe(200)
        expect(countOf(logins, 200)).toBe(15)
        expect(await first.store.phonesOf(user.id)).toEqual([])
        expect(await first.store.liveSessionsOf(user.id, first.time.now, 100)).toEqual([])
        expect(new Set(logins.map(idOf).filter(id => id !== user.id)).size).toBeLessThanOrEqual(1)
        for (const { body } of logins) {
          const { status } = await at(1).me(body.tokens.accessToken)
          expect(status).toBe(body.user.id === user.id ? 401 : 200)
        }
      }
    })

    it('a number that was taken back goes, and one that is proved at that moment or later stays, once', async () => {
      const { first, all, at } = await open({ policy: { push } })
      for (let round = 0; round < many; round += 1) {
        const { token, person } = await first.logIn(`i-${round}`, { sessionKey: newSessionKey() })
        const prove = (racer: number, one: string, bearer = token) =>
          at(racer).phone({ code: first.wechat.phoneCode(person, one), nonce: newNonce() }, bearer)
        // Told while the number is proved: they carry one time, and the same second counts as before.
        const [pushed, ...bound] = await Promise.all([
          takeBack(first, person.openId, round),
          ...[1, 2, 3, 4, 5, 6, 7].map(racer => prove(racer, number)),
        ])
        expect([pushed.status, ...bound.map(({ status }) => status)]).toEqual(Array.from({ length: 8 }, () => 200))
        first.pass(600_000)
        const later = await first.logIn(person.openId)
        const fresh = '+8613900139000'
        const answers = await race(16, racer =>
          racer < 8
            ? at(racer)
                .server.work()
                .then(() => null)
            : prove(racer, fresh, later.token),
        )
        for (const answer of answers) if (answer) expect(answer.status).toBe(200)
        for (const { server } of all) await server.work()
        const { phones } = (await at(1).phones(later.token)).body
        expect(phones.map(one => one.number)).toEqual([fresh])
        expect(all.flatMap(({ eventsOf }) => eventsOf('job-done'))).toHaveLength(round + 1)
      }
    })

    function takeBack({ send, time }: Instance, openId: string, round: number) {
      const stamp = { timestamp: String(Math.floor(time.now / 1000)), nonce: `nonce${round}` }
      const query = new URLSearchParams({ ...stamp, signature: pushSignature({ token: push.token, ...stamp }) })
      const event = { MsgType: 'event', Event: 'user_authorization_revoke', RevokeInfo: '8' }
      const body = JSON.stringify({ ...event, CreateTime: Number(stamp.timestamp), AppID: appId, OpenID: openId })
      return send(`${routes.wechatPush.replace('{appId}', appId)}?${query}`, { method: 'POST', body })
    }

    it('keys rotate beside sixteen who read and write, and nobody meets a record that does not open', async () => {
      const { first, all, at } = await open()
      const { store, time } = first
      const users = await race(16, async racer => {
        const login = await first.logIn(`j-${racer}`)
        await first.phone({ code: first.wechat.phoneCode(login.person, number), nonce: newNonce() }, login.token)
        return login
      })
      let keys: Keyring = first.keys
      const use = async (next: Keyring) => {
        keys = next
        for (const { server } of all) await server.replaceKeys(next)
      }
      const rotate = async () => {
        const outcome = rotateKeyring({ keyring: keys, kind: 'root', now: time.now, hurry: true })
        if (!('keyring' in outcome)) throw new Error(outcome.status)
        await use(outcome.keyring)
      }
      const operator = async () => (await administer({ store, keys, clock: { now: () => time.now } })).reseal

      let isOver = false
      let served = 0
      const serving = race(16, async racer => {
        const { person, tokens } = users[racer] ?? { person: { appId, openId: '' }, tokens: { refreshToken: '' } }
        let { refreshToken } = tokens
        let one = number
        for (let turn = 0; !isOver || turn < 3; turn += 1) {
          const nonce = newNonce()
          const rotated = await patiently(() => at(racer + turn).rotate(refreshToken, nonce))
          expect(rotated.body.code).toBeUndefined()
          refreshToken = rotated.body.tokens.refreshToken
          const { accessToken } = rotated.body.tokens
          // Now and then another number: each is a line of history that every rotation seals anew.
          if (turn % 4 === 0) {
            one = `+8613${turn % 8 ? 8 : 9}0013${String(racer).padStart(4, '0')}`
            const body = { code: first.wechat.phoneCode(person, one), nonce }
            const bound = await patiently(() => at(turn).phone(body, accessToken))
            expect([bound.body.code, bound.body.phone?.number]).toEqual([undefined, one])
          }
          const me = await patiently(() => at(racer).me(accessToken))
          expect([me.body.code, me.body.user?.phone?.number]).toEqual([undefined, one])
          served += 1
        }
      })
      const turning = (async () => {
        for (let round = 0; round < roundsOf(60) / 6; round += 1) {
          const [primary] = keys.root.keys.filter(({ id }) => id === keys.root.primary)
          await rotate()
          await rotate()
          const reseal = await operator()
          while (Object.values(await reseal.left(primary?.id ?? 0)).some(count => count > 0)) await reseal.run()
        }
      })()
      const over = turning.finally(() => {
        isOver = true
      })
      await Promise.all([serving, over])
      expect(served).toBeGreaterThanOrEqual(48)
      const [oldest] = keys.root.keys.map(({ id }) => id).sort((a, b) => a - b)
      const last = retireKey({ keyring: keys, kind: 'root', key: String(oldest), now: time.now, hurry: true })
      if (last.status !== 'retired') throw new Error(last.status)
      await use(last.keyring)
      for (const { person } of users) {
        const again = await first.logIn(person.openId)
        expect(again.user.phone).not.toBeNull()
        expect((await at(1).phones(again.token)).status).toBe(200)
      }
    })
  },
)
