import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newSessionKey } from '../../test/fake-wechat.ts'
import { appId, newNonce, openServer, otherAppId, race } from '../../test/open-server.ts'
import { type LegacyFormat, type LegacyPolicy, readLegacy } from '../domain/legacy-policy.ts'
import type { RequestRates } from '../domain/request-rates.ts'

const one = '+8613800138000'
const minute = 60_000
const day = 24 * 60 * minute
const all: LegacyPolicy = { formats: ['000', '001', '002', '003a', '003b', '004'] }

type Fields = Readonly<Record<string, unknown>>

/** A server with old doors, and an old page of one person in front of it. */
function open(legacy: LegacyPolicy = all, limits: Partial<RequestRates> = {}) {
  const server = openServer({ openData: 'enforce', legacy, limits })
  const {
    wechat,
    server: { fetch },
  } = server
  const lin = { appId, openId: 'openid-of-lin', sessionKey: newSessionKey() }

  async function send(path: string, init: RequestInit & { readonly from?: string | null } = {}) {
    const { from = appId, ...rest } = init
    const headers = new Headers(rest.headers)
    if (from !== null) headers.set('referer', `https://servicewechat.com/${from}/7/page-frame.html`)
    const answer = await fetch(new Request(`https://auth.example.com${path}`, { ...rest, headers }))
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) as Fields & { data: Fields } }
  }

  const post = (path: string, body: Fields, more: { readonly from?: string | null; readonly headers?: object } = {}) =>
    send(path, {
      method: 'POST',
      ...more,
      headers: { 'content-type': 'application/json', ...more.headers },
      body: JSON.stringify(body),
    })
  const loginCode = (person = lin) => wechat.loginCode(person)
  const tap = (person = lin) => wechat.phoneData(person, one)
  return { ...server, lin, send, post, loginCode, tap }
}

type Page = ReturnType<typeof open>

/** Each page from its login to its number, as its document writes it. */
const flows: Readonly<Record<LegacyFormat, (page: Page) => Promise<{ readonly body: Fields & { data: Fields } }>>> = {
  async '000'({ send, post, loginCode, tap }) {
    const { token } = (await send(`/000/login?code=${loginCode()}`)).body
    const { encryptedData, iv } = tap()
    return post('/000/phone', { encrypted_data: encryptedData, iv }, { headers: { token } })
  },
  async '001'({ post, loginCode, tap }) {
    const { session_key } = (await post('/v1.0/pub/openId', { code: loginCode() })).body
    const { encryptedData, iv } = tap()
    return post('/v1.0/pub/decode', { encrypted_data: encryptedData, iv, session_key })
  },
  async '002'({ post, loginCode, tap }) {
    const { openid } = (await post('/002/login', { code: loginCode() })).body
    return post('/002/phone', { openid, ...tap() })
  },
  async '003a'({ post, loginCode, tap }) {
    const { openid } = (await post('/code2Session', { jsCode: loginCode() })).body
    return post('/getWXUserPhone', { ...tap(), openid })
  },
  async '003b'({ post, loginCode, tap }) {
    return post('/user', { code: loginCode(), ...tap() })
  },
  async '004'({ send, loginCode, tap }) {
    const { session_key } = (await send(`/004/login?code=${loginCode()}`)).body.data
    const query = new URLSearchParams({ sessionID: String(session_key), ...tap() })
    return send(`/004/phone?${query}`)
  },
}
const formats = Object.keys(flows) as LegacyFormat[]

describe.each(formats)('a page of %s', format => {
  it('gets the number that its user agreed to share', async () => {
    const page = open()
    const { body } = await flows[format](page)
    const number = format === '003b' ? { phone: '13800138000' } : { purePhoneNumber: '13800138000', countryCode: '86' }
    expect(body).toMatchObject({ code: 0, ...number, data: number })
    expect(page.eventsOf('phone-recorded')).toMatchObject([{ change: 'bound', source: 'open-data' }])
  })

  it('meets no door when its format is off', async () => {
    const { post } = open({ formats: formats.filter(other => other !== format) })
    const { doors } = readLegacy({ formats: [format] }, 'legacy') ?? { doors: [] }
    expect(doors.length).toBeGreaterThan(0)
    for (const { path } of doors) expect((await post(path, {})).body.code).toBe('route_unknown')
  })

  it('sees neither session_key nor openid, and the server tells of neither', async () => {
    const seen: string[] = []
    const page = open()
    const send: Page['send'] = async (path, init) => {
      const answer = await page.send(path, init)
      seen.push(answer.text, inspect([...answer.headers]))
      return answer
    }
    const post: Page['post'] = async (path, body, more) => {
      const answer = await page.post(path, body, more)
      seen.push(answer.text, inspect([...answer.headers]))
      return answer
    }
    await flows[format]({ ...page, send, post })
    const written = [...seen, inspect(page.events, { depth: null })].join('\n')
    expect(written).toContain('13800138000')
    expect(written).not.toContain(page.lin.sessionKey)
    expect(written).not.toContain(page.lin.openId)
    expect(inspect(page.events, { depth: null })).not.toContain('13800138000')
    expect(inspect(page.events, { depth: null })).not.toContain('wxa_lh_')
  })
})

describe('an old page that repeats itself', () => {
  it('gets the same answer to the same code, for as long as WeChat would let the code live', async () => {
    const { post, loginCode, pass, eventsOf } = open()
    const code = loginCode()
    const first = await post('/v1.0/pub/openId', { code })
    const racers = await race(16, () => post('/v1.0/pub/openId', { code }))
    expect(new Set(racers.map(({ text }) => text))).toEqual(new Set([first.text]))
    expect(eventsOf('login-recorded')).toHaveLength(1)
    pass(5 * minute)
    expect(await post('/v1.0/pub/openId', { code })).toMatchObject({ status: 409, body: { error: 'code_consumed' } })
  })

  it('gets the same answer to the same ciphertext, also with a newer code', async () => {
    const { post, loginCode, tap, eventsOf } = open()
    const proof = tap()
    const first = await post('/user', { code: loginCode(), ...proof })
    const again = await post('/user', { code: loginCode(), ...proof })
    expect(again.body.data).toMatchObject({ userId: first.body.data.userId, phone: '13800138000' })
    expect(eventsOf('phone-recorded')).toHaveLength(1)
  })

  it('may send another ciphertext with a code that is used already', async () => {
    const { post, loginCode, tap, lin } = open()
    const code = loginCode()
    const stranger = tap({ ...lin, sessionKey: newSessionKey() })
    expect(await post('/user', { code, ...stranger })).toMatchObject({
      status: 400,
      body: { msg: '没有成功，请再点一次。' },
    })
    expect(await post('/user', { code, ...tap() })).toMatchObject({ status: 200, body: { code: 0 } })
  })

  it('cannot be repeated by /v1: nobody else can make its nonce', async () => {
    const page = open()
    const code = page.loginCode()
    await page.post('/v1.0/pub/openId', { code })
    for (const nonce of [code.padEnd(16, '0'), code])
      expect(await page.post('/v1/login', { appId, code, nonce })).toMatchObject({ body: { code: 'code_consumed' } })
  })
})

describe('nobody acts for somebody else', () => {
  it.each(['/getWXUserPhone', '/002/phone'])('by knowing an openid (%s)', async path => {
    const { post, loginCode, tap, lin } = open()
    await post('/code2Session', { jsCode: loginCode() })
    const answer = await post(path, { openid: lin.openId, ...tap() })
    expect(answer).toMatchObject({ status: 409, body: { error: 'login_unusable', data: {} } })
  })

  it('by giving one handle for another', async () => {
    const { post, loginCode, tap } = open()
    const { openid, session_key } = (await post('/v1.0/pub/openId', { code: loginCode() })).body
    const { encryptedData, iv } = tap()
    const unusable = { body: { error: 'login_unusable' } }
    expect(await post('/v1.0/pub/decode', { encryptedData, iv, session_key: openid })).toMatchObject(unusable)
    expect(await post('/getWXUserPhone', { encryptedData, iv, openid: session_key })).toMatchObject(unusable)
  })

  it('with a ciphertext of somebody else', async () => {
    const { post, loginCode, tap, lin, eventsOf } = open()
    const victim = { ...lin, openId: 'openid-of-victim', sessionKey: newSessionKey() }
    await post('/code2Session', { jsCode: loginCode(victim) })
    const { openid } = (await post('/code2Session', { jsCode: loginCode() })).body
    expect(await post('/getWXUserPhone', { openid, ...tap(victim) })).toMatchObject({
      body: { error: 'phone_data_invalid' },
    })
    expect(eventsOf('phone-recorded')).toEqual([])
  })

  it('by naming somebody else in every place there is', async () => {
    const { post, loginCode, tap, lin } = open()
    const victim = { ...lin, openId: 'openid-of-victim', sessionKey: newSessionKey() }
    const theirs = (await post('/user', { code: loginCode(victim), ...tap(victim) })).body.data
    const named = {
      openid: victim.openId,
      unionid: 'u',
      userId: theirs.userId,
      user_id: theirs.userId,
      appid: otherAppId,
    }
    const headers = { cookie: `userId=${theirs.userId}`, 'x-wx-openid': victim.openId }
    const query = new URLSearchParams({ openid: victim.openId, userId: String(theirs.userId) })
    const { body } = await post(`/user?${query}`, { ...named, code: loginCode(), ...tap() }, { headers })
    expect(body.data.userId).not.toBe(theirs.userId)
    expect(body.data.openId).not.toBe(theirs.openId)
  })

  it('in another app', async () => {
    const { post, loginCode, tap } = open()
    const { openid } = (await post('/code2Session', { jsCode: loginCode() })).body
    const there = await post('/getWXUserPhone', { openid, ...tap() }, { from: otherAppId })
    expect(there.body).toMatchObject({ error: 'login_unusable' })
  })
})

describe('a handle', () => {
  it('ends with the session of its login', async () => {
    const { post, loginCode, tap, pass, lin } = open()
    const { openid } = (await post('/code2Session', { jsCode: loginCode() })).body
    pass(7 * day - 1)
    expect(await post('/getWXUserPhone', { openid, ...tap(lin) })).toMatchObject({ status: 200 })
    pass(1)
    expect(await post('/getWXUserPhone', { openid, ...tap(lin) })).toMatchObject({
      status: 409,
      body: { error: 'login_unusable', msg: '登录已失效，请重新进入小程序后再试。' },
    })
  })

  it('opens what a newer login of the same user made possible', async () => {
    const { post, loginCode, tap, lin } = open()
    const { session_key } = (await post('/v1.0/pub/openId', { code: loginCode() })).body
    const newer = { ...lin, sessionKey: newSessionKey() }
    await post('/v1.0/pub/openId', { code: loginCode(newer) })
    expect(await post('/v1.0/pub/decode', { ...tap(newer), session_key })).toMatchObject({ status: 200 })
  })

  it('gets one and the same answer to everything that is wrong with a ciphertext', async () => {
    const { post, loginCode, tap, lin } = open()
    const { openid } = (await post('/code2Session', { jsCode: loginCode() })).body
    const { encryptedData, iv } = tap()
    const bent = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
    const wrong = [
      { encryptedData, iv: 'AAAA' },
      { encryptedData: 'AAAA', iv },
      { encryptedData: 'not base64', iv },
      { encryptedData: encryptedData.slice(4), iv },
      { encryptedData: bent(encryptedData), iv },
      { encryptedData, iv: bent(iv) },
      tap({ ...lin, sessionKey: newSessionKey() }),
    ]
    const answers = []
    for (const ciphertext of wrong) answers.push(await post('/getWXUserPhone', { openid, ...ciphertext }))
    const said = answers.map(({ status, text, body }) => `${status} ${text.replace(String(body.requestId), '')}`)
    expect([...new Set(said)]).toEqual([expect.stringContaining('phone_data_invalid')])
  })

  it('is not an oracle: five wrong ciphertexts burn the key', async () => {
    const { post, loginCode, tap, lin } = open()
    const { openid } = (await post('/code2Session', { jsCode: loginCode() })).body
    const forged = () => tap({ ...lin, sessionKey: newSessionKey() })
    const answers = []
    for (let at = 0; at < 6; at += 1) answers.push((await post('/getWXUserPhone', { openid, ...forged() })).body.error)
    expect(answers).toEqual([...Array(5).fill('phone_data_invalid'), 'login_unusable'])
  })

  it('may come to 000 in the body, in a header of any name, or as a bearer token', async () => {
    const { post, loginCode, tap } = open({ formats: ['000'], tokenHeader: 'authorization' })
    const { token } = (await post('/000/login', { code: loginCode() })).body
    expect(await post('/000/phone', { ...tap(), token })).toMatchObject({ status: 200 })
    for (const authorization of [`Bearer ${token}`, token])
      expect(await post('/000/phone', tap(), { headers: { authorization } })).toMatchObject({ status: 200 })
    expect(await post('/000/phone', tap())).toMatchObject({ status: 409, body: { error: 'login_unusable' } })
  })
})

describe('the limits of /v1', () => {
  const two = { requests: 2, windowMs: minute }
  const limited = { status: 429, body: { error: 'rate_limited', msg: '服务繁忙，请稍后再试。' } }

  it('hold for a user here too', async () => {
    const { post, loginCode, tap } = open(all, { perUser: two })
    const { openid } = (await post('/code2Session', { jsCode: loginCode() })).body
    for (let at = 0; at < 2; at += 1) await post('/getWXUserPhone', { openid, ...tap() })
    expect(await post('/getWXUserPhone', { openid, ...tap() })).toMatchObject(limited)
  })

  it('hold for an app here too', async () => {
    const { post, loginCode } = open(all, { perApp: two })
    for (let at = 0; at < 2; at += 1) await post('/code2Session', { jsCode: loginCode() })
    expect(await post('/code2Session', { jsCode: loginCode() })).toMatchObject(limited)
  })

  it.each(readLegacy(all, 'legacy')?.doors ?? [])('count $path together with /v1/login', async ({ path }) => {
    const { send, post } = open(all, { perApp: two })
    const logIn = () => post('/v1/login', { appId, code: 'unknown', nonce: newNonce() })
    // Whatever a request of nothing is answered: it was one.
    const knock = async () => {
      const posted = await post(path, {})
      return posted.status === 405 ? send(path) : posted
    }
    expect(await logIn()).toMatchObject({ status: 401 })
    expect((await knock()).status).toBeLessThan(410)
    expect(await knock()).toMatchObject(limited)
    expect(await logIn()).toMatchObject({ status: 429 })
  })
})

describe('the doors', () => {
  it('are there once more under the name of the app', async () => {
    const { post, loginCode, tap } = open()
    const body = () => ({ code: loginCode(), ...tap() })
    expect(await post(`/legacy/${appId}/user`, body(), { from: null })).toMatchObject({ status: 200 })
    expect(await post('/user', body(), { from: null })).toMatchObject({ status: 400, body: { error: 'app_unknown' } })
    expect(await post(`/legacy/${otherAppId}/user`, body())).toMatchObject({ body: { error: 'app_unknown' } })
  })

  it('take the methods of their document', async () => {
    const { send, loginCode } = open()
    const refused = await send(`/v1.0/pub/openId?code=${loginCode()}`)
    expect(refused).toMatchObject({ status: 405, body: { error: 'method_not_allowed', data: {} } })
    expect(refused.headers.get('allow')).toBe('POST')
    expect(await send(`/004/login?code=${loginCode()}`)).toMatchObject({
      status: 200,
      body: { data: { expires_in: 604800 } },
    })
  })

  it('tell the route and never what came with it', async () => {
    const { send, loginCode, events } = open()
    const code = loginCode()
    await send(`/004/login?code=${code}`)
    expect(events.at(-1)).toMatchObject({ type: 'request', route: '/004/login', status: 200 })
    expect(inspect(events)).not.toContain(code)
  })

  it('say something to the person whatever happens', async () => {
    const { post, loginCode, tap, wechat } = open()
    wechat.failNext('codeToSession', 'unavailable')
    const answer = await post('/user', { code: loginCode(), ...tap() })
    expect(answer).toMatchObject({ status: 503, body: { code: 503, msg: '服务繁忙，请稍后再试。', data: {} } })
    expect(answer.headers.get('retry-after')).toBe('1')
    expect((await post('/user', {})).body).toMatchObject({ error: 'request_invalid', field: 'code' })
    const declined = await post('/user', { code: loginCode() })
    expect(declined.body).toMatchObject({ error: 'phone_data_invalid', msg: '没有成功，请再点一次。' })
  })

  it('give the real openid where the policy says so, which opens nothing', async () => {
    const { post, loginCode, tap, lin } = open({ formats: ['001', '003b'], exposeOpenId: true })
    const { openid } = (await post('/v1.0/pub/openId', { code: loginCode() })).body
    expect(openid).toBe(lin.openId)
    expect((await post('/user', { code: loginCode(), ...tap() })).body).toMatchObject({ openId: lin.openId })
    expect(await post('/v1.0/pub/decode', { ...tap(), session_key: openid })).toMatchObject({ status: 409 })
  })

  it('tell a registered user of 002 what is known of them', async () => {
    const page = open()
    expect((await page.post('/002/login', { code: page.loginCode() })).body).toMatchObject({ registered: false })
    await flows['002'](page)
    expect((await page.post('/002/login', { code: page.loginCode() })).body).toMatchObject({
      registered: true,
      userInfo: { purePhoneNumber: '13800138000' },
    })
  })

  it('give a foreign number the way WeChat does', async () => {
    const { post, loginCode, wechat, lin } = open()
    const fields = { phoneNumber: '85251234567', purePhoneNumber: '51234567', countryCode: '852' }
    const proof = wechat.phoneData(lin, '+85251234567', fields)
    const { openid } = (await post('/code2Session', { jsCode: loginCode() })).body
    expect((await post('/getWXUserPhone', { openid, ...proof })).body).toMatchObject(fields)
  })

  it('never break, whatever is sent', async () => {
    const { send, eventsOf } = open()
    const path = fc.constantFrom(
      '/000/login',
      '/000/phone',
      '/v1.0/pub/openId',
      '/v1.0/pub/decode',
      '/002/phone',
      '/code2Session',
      '/getWXUserPhone',
      '/user',
      '/004/login',
      '/004/phone',
    )
    const type = fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain')
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), fc.json(), fc.constant('wxa_lh_'))
    const name = fc.constantFrom('code', 'jsCode', 'openid', 'session_key', 'sessionID', 'token', 'encryptedData', 'iv')
    const fields = fc.dictionary(fc.oneof(name, fc.string()), fc.oneof(value, fc.jsonValue()))
    const message = fc.record({ path, type, fields, method: fc.constantFrom('GET', 'POST'), form: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(message, async ({ path, type, fields, method, form }) => {
        const query = new URLSearchParams(
          Object.entries(fields).map(([key, value]): [string, string] => [
            key,
            typeof value === 'string' ? value : JSON.stringify(value),
          ]),
        ).toString()
        const body = form ? query : JSON.stringify(fields)
        const init = method === 'GET' ? {} : { method, headers: { 'content-type': type }, body }
        const answer = await send(method === 'GET' ? `${path}?${query}` : path, init)
        expect(answer.status).toBeGreaterThanOrEqual(400)
        expect(answer.status).toBeLessThan(500)
        expect(answer.text).not.toMatch(/\.ts:\d/)
      }),
      { numRuns: 500 },
    )
    expect(eventsOf('fault')).toEqual([])
  }, 20_000)
})
