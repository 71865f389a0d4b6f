import { type LoginAnswer, routes } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { appId, expectProblem, newNonce, openServer, otherAppId, race } from '../../test/open-server.ts'
import type { RecordPhone, Store } from '../ports/store.ts'
import { StorageFault } from '../ports/store.ts'
import { createMemoryStore } from '../stores/memory/index.ts'

const one = '+8613800138000'
const two = '+8613900139000'

/** A store whose next `times` recordings fail. */
function failingStore(times: number, code: StorageFault['code']): Store {
  const store = createMemoryStore()
  let left = times
  return {
    ...store,
    async recordPhone(input: RecordPhone) {
      left -= 1
      if (left >= 0) throw new StorageFault(code)
      return store.recordPhone(input)
    },
  }
}

describe('a phone code', () => {
  it('binds the number, and the user has a verified phone', async () => {
    const { logIn, phone, me, wechat, eventsOf } = openServer()
    const { person, token, user } = await logIn()
    const { body } = await phone({ code: wechat.phoneCode(person, one), nonce: newNonce() }, token)
    expect(body).toEqual({
      change: 'bound',
      phone: {
        number: one,
        masked: '138******00',
        countryCode: '86',
        source: 'phone-code',
        verifiedAt: '2027-01-15T08:00:00.000Z',
        replacedAt: null,
      },
    })
    expect((await me(token)).body.user.phone).toEqual(body.phone)
    expect(eventsOf('phone-recorded')).toMatchObject([{ userId: user.id, change: 'bound', masked: '138******00' }])
  })

  it('with another number makes the former one history', async () => {
    const { logIn, phone, phones, wechat, pass } = openServer()
    const { person, token } = await logIn()
    await phone({ code: wechat.phoneCode(person, one), nonce: newNonce() }, token)
    pass(60_000)
    const { body } = await phone({ code: wechat.phoneCode(person, two), nonce: newNonce() }, token)
    expect(body.change).toBe('replaced')
    expect((await phones(token)).body.phones).toMatchObject([
      { number: two, replacedAt: null },
      { number: one, replacedAt: '2027-01-15T08:01:00.000Z' },
    ])
  })

  it('with the number the user already has changes nothing', async () => {
    const { logIn, phone, phones, wechat } = openServer()
    const { person, token } = await logIn()
    await phone({ code: wechat.phoneCode(person, one), nonce: newNonce() }, token)
    const { body } = await phone({ code: wechat.phoneCode(person, one), nonce: newNonce() }, token)
    expect(body).toMatchObject({ change: 'unchanged', phone: { number: one } })
    expect((await phones(token)).body.phones).toHaveLength(1)
  })

  it('sent by 64 racers of one attempt asks WeChat once, and all read the same answer', async () => {
    const { logIn, phone, phones, wechat } = openServer()
    const { person, token } = await logIn()
    const body = { code: wechat.phoneCode(person, one), nonce: newNonce() }
    const answers = await race(64, () => phone(body, token))
    expect(answers.map(({ status }) => status)).toEqual(Array(64).fill(200))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(wechat.calls.phoneByCode).toBe(1)
    expect((await phones(token)).body.phones).toHaveLength(1)
  })

  it('sent by 64 racers with 64 nonces binds for one of them', async () => {
    const { logIn, phone, wechat } = openServer()
    const { person, token } = await logIn()
    const code = wechat.phoneCode(person, one)
    const answers = await race(64, () => phone({ code, nonce: newNonce() }, token))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 200))
      expectProblem(answer, 409, 'phone_code_consumed')
    expect(wechat.calls.phoneByCode).toBe(1)
  })

  it('sent again by the same attempt gives the same answer without asking WeChat', async () => {
    const { logIn, phone, wechat, pass, eventsOf } = openServer()
    const { person, token } = await logIn()
    const body = { code: wechat.phoneCode(person, one), nonce: newNonce() }
    const first = await phone(body, token)
    pass(6 * 60_000)
    const second = await phone(body, token)
    expect(second.text).toBe(first.text)
    expect(wechat.calls.phoneByCode).toBe(1)
    expect(eventsOf('phone-recorded')).toHaveLength(1)
  })

  it('sent again with another nonce is consumed', async () => {
    const { logIn, phone, wechat } = openServer()
    const { person, token } = await logIn()
    const code = wechat.phoneCode(person, one)
    await phone({ code, nonce: newNonce() }, token)
    expectProblem(await phone({ code, nonce: newNonce() }, token), 409, 'phone_code_consumed')
  })

  it('of another user binds nothing, and does not show that user’s number', async () => {
    const { logIn, phone, me, wechat } = openServer()
    const victim = await logIn('openid-of-victim')
    const thief = await logIn('openid-of-thief')
    const body = { code: wechat.phoneCode(victim.person, one), nonce: newNonce() }
    expectProblem(await phone(body, thief.token), 400, 'phone_code_invalid')
    expect((await phone(body, victim.token)).body.change).toBe('bound')
    expectProblem(await phone(body, thief.token), 409, 'phone_code_consumed')
    expect((await me(thief.token)).body.user.phone).toBeNull()
  })

  it('that is expired, unknown, of another app or a login code is invalid, and nothing changes', async () => {
    const { logIn, phone, me, wechat, pass } = openServer()
    const { person, token } = await logIn()
    const expired = wechat.phoneCode(person, one)
    pass(5 * 60_000)
    const codes = [
      expired,
      'never-issued',
      wechat.phoneCode({ ...person, appId: otherAppId }, one),
      wechat.loginCode(person),
    ]
    for (const code of codes) expectProblem(await phone({ code, nonce: newNonce() }, token), 400, 'phone_code_invalid')
    expect((await me(token)).body.user.phone).toBeNull()
  })
})

describe('when WeChat', () => {
  it('was never reached, any later attempt may use the code', async () => {
    const { logIn, phone, wechat } = openServer()
    const { person, token } = await logIn()
    const code = wechat.phoneCode(person, one)
    wechat.failNext('phoneByCode', 'unavailable')
    expectProblem(await phone({ code, nonce: newNonce() }, token), 503, 'upstream_unavailable')
    expect((await phone({ code, nonce: newNonce() }, token)).body.change).toBe('bound')
  })

  it('may have been reached, the same attempt may try again at once and no other', async () => {
    const { logIn, phone, wechat } = openServer()
    const { person, token } = await logIn()
    const body = { code: wechat.phoneCode(person, one), nonce: newNonce() }
    wechat.failNext('phoneByCode', 'unavailable', { mayHaveHappened: true })
    expectProblem(await phone(body, token), 503, 'upstream_unavailable')
    expectProblem(await phone({ ...body, nonce: newNonce() }, token), 409, 'phone_code_consumed')
    expect((await phone(body, token)).body.change).toBe('bound')
  })

  it('spent the code but its answer was lost, the user is asked to tap again', async () => {
    const { logIn, phone, wechat } = openServer()
    const { person, token } = await logIn()
    const body = { code: wechat.phoneCode(person, one), nonce: newNonce() }
    wechat.failNext('phoneByCode', 'unavailable', { happens: true })
    await phone(body, token)
    const answer = await phone(body, token)
    expectProblem(answer, 409, 'phone_code_consumed')
    expect(answer.body.retry).toBe('tap')
  })
})

describe('when the store', () => {
  it.each([
    ['busy', 'storage_busy'],
    ['full', 'storage_full'],
    ['failed', 'storage_failed'],
  ] as const)('is %s after WeChat answered, the retry binds without a second tap', async (fault, code) => {
    const { logIn, phone, wechat } = openServer({ store: failingStore(2, fault) })
    const { person, token } = await logIn()
    const body = { code: wechat.phoneCode(person, one), nonce: newNonce() }
    expectProblem(await phone(body, token), 503, code)
    expectProblem(await phone(body, token), 503, code)
    expect((await phone(body, token)).body.change).toBe('bound')
    expect(wechat.calls.phoneByCode).toBe(1)
  })
})

describe('an attempt that another process works on', () => {
  it('is pending, and its own retry takes it over when that process has died', async () => {
    const there = openServer()
    const here = openServer({ beside: there })
    const { person, token } = await there.logIn()
    const body = { code: there.wechat.phoneCode(person, one), nonce: newNonce() }
    there.wechat.neverAnswer('phoneByCode')
    void there.phone(body, token)
    await new Promise(setImmediate)

    const pending = await here.phone(body, token)
    expectProblem(pending, 409, 'attempt_pending')
    expect(pending.body).toMatchObject({ retry: 'later', retryAfterMs: 1000 })
    expectProblem(await here.phone({ ...body, nonce: newNonce() }, token), 409, 'phone_code_consumed')
    here.pass(15_000)
    expectProblem(await here.phone({ ...body, nonce: newNonce() }, token), 409, 'phone_code_consumed')
    expect((await here.phone(body, token)).body.change).toBe('bound')
  })

  it('and has finished gives its answer here too', async () => {
    const there = openServer()
    const here = openServer({ beside: there })
    const { person, token } = await there.logIn()
    const body = { code: there.wechat.phoneCode(person, one), nonce: newNonce() }
    const first = await there.phone(body, token)
    expect((await here.phone(body, token)).text).toBe(first.text)
    expect(there.wechat.calls.phoneByCode).toBe(1)
  })
})

describe('a number that another user has', () => {
  it('is bound twice when the app keeps both', async () => {
    const { logIn, phone, wechat } = openServer({ phoneConflict: 'keep-both' })
    for (const openId of ['openid-1', 'openid-2']) {
      const { person, token } = await logIn(openId)
      expect((await phone({ code: wechat.phoneCode(person, one), nonce: newNonce() }, token)).body.change).toBe('bound')
    }
  })

  it('is refused when the app rejects it, to the same attempt every time', async () => {
    const { logIn, phone, me, wechat } = openServer({ phoneConflict: 'reject' })
    const first = await logIn('openid-1')
    await phone({ code: wechat.phoneCode(first.person, one), nonce: newNonce() }, first.token)
    const second = await logIn('openid-2')
    const body = { code: wechat.phoneCode(second.person, one), nonce: newNonce() }
    expectProblem(await phone(body, second.token), 409, 'phone_taken')
    expectProblem(await phone(body, second.token), 409, 'phone_taken')
    expect((await me(second.token)).body.user.phone).toBeNull()
  })

  it('moves to who proved it last, once the former proof has cooled, and both are told', async () => {
    const { logIn, phone, phones, me, pass, wechat, eventsOf } = openServer({ phoneConflict: 'transfer' })
    const former = await logIn('openid-1')
    await phone({ code: wechat.phoneCode(former.person, one), nonce: newNonce() }, former.token)
    const early = await logIn('openid-2', { appId: otherAppId })
    const body = { code: wechat.phoneCode(early.person, one), nonce: newNonce() }
    expectProblem(await phone(body, early.token), 409, 'phone_cooling')
    expectProblem(await phone(body, early.token), 409, 'phone_cooling')
    pass(45 * 24 * 3600_000)
    const next = await logIn('openid-2', { appId: otherAppId })
    const bound = await phone({ code: wechat.phoneCode(next.person, one), nonce: newNonce() }, next.token)
    expect(bound.body).toMatchObject({ change: 'bound', phone: { number: one, replacedAt: null } })
    const again = await logIn('openid-1')
    expect((await me(again.token)).body.user.phone).toBeNull()
    expect((await phones(again.token)).body.phones).toMatchObject([{ number: one, replacedReason: 'transferred' }])
    expect(eventsOf('phone-transferred')).toMatchObject([{ userId: next.user.id, fromUserId: former.user.id }])
    expectProblem(
      await phone({ code: wechat.phoneCode(again.person, one), nonce: newNonce() }, again.token),
      409,
      'phone_cooling',
    )
  })

  it('is unchanged for its user in another app of the server', async () => {
    const { phone, phones, wechat, post } = openServer()
    const logIn = async (inApp: string) => {
      const person = { appId: inApp, openId: `openid in ${inApp}`, unionId: 'union-1' }
      const body = { appId: inApp, code: wechat.loginCode(person), nonce: newNonce() }
      return { person, token: (await post<LoginAnswer>(routes.login, body)).body.tokens.accessToken }
    }
    const [here, there] = [await logIn(appId), await logIn(otherAppId)]
    const changes: string[] = []
    for (const { person, token } of [here, there, here])
      changes.push((await phone({ code: wechat.phoneCode(person, one), nonce: newNonce() }, token)).body.change)
    expect(changes).toEqual(['bound', 'unchanged', 'unchanged'])
    expect((await phones(there.token)).body.phones).toHaveLength(1)
  })

  it('goes to one of 16 users who bind it at once', async () => {
    const { logIn, phone, wechat } = openServer({ phoneConflict: 'reject' })
    const users = await race(16, index => logIn(`openid-${index}`))
    const answers = await race(16, index => {
      const user = users[index]
      if (!user) throw new Error('no user')
      return phone({ code: wechat.phoneCode(user.person, one), nonce: newNonce() }, user.token)
    })
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 200)) expectProblem(answer, 409, 'phone_taken')
  })
})
