import { describe, expect, test } from 'vitest'
import { BOOKS, createWorld, LIN, TEA, WANG } from '../../test/world.ts'

const RID = /, rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/

describe('GET /sns/jscode2session', () => {
  test('gives openid and session_key, as JSON that says it is text/plain', async () => {
    const { login, send } = createWorld()
    const query = `appid=${TEA.appId}&secret=${TEA.secret}&js_code=${await login()}&grant_type=authorization_code`
    const response = await send(`/sns/jscode2session?${query}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/plain')
    expect(await response.json()).toEqual({
      openid: expect.stringMatching(/^o[\w-]{27}$/),
      session_key: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/),
    })
  })

  test('tolerates an access_token, unknown fields and any order', async () => {
    const { login, ask } = createWorld()
    const query = `grant_type=authorization_code&neededText=&js_code=${await login()}&access_token=x&secret=${TEA.secret}`
    expect(await ask(`/sns/jscode2session?${query}&appid=${TEA.appId}`)).toHaveProperty('openid')
  })

  test('gives one unionid to the apps of one open-platform account, and none without', async () => {
    const apps = [
      { ...TEA, openAccount: 'house' },
      { ...BOOKS, openAccount: 'house' },
    ]
    const { login, session } = createWorld({ apps })
    const tea = await session(await login(LIN.id, TEA))
    const books = await session(await login(LIN.id, BOOKS), BOOKS)
    expect(tea.unionid).toMatch(/^o[\w-]{27}$/)
    expect(books.unionid).toBe(tea.unionid)
    expect(books.openid).not.toBe(tea.openid)
  })

  test('a code works once', async () => {
    const { login, session } = createWorld()
    const code = await login()
    await session(code)
    expect(await session(code)).toEqual({ errcode: 40163, errmsg: expect.stringMatching(/^code been used, rid: /) })
  })

  test('a code works for five minutes and not a moment longer', async () => {
    const { login, session, control } = createWorld()
    const [first, second] = [await login(), await login()]
    control.clock.advance(299_999)
    expect(await session(first)).toHaveProperty('openid')
    control.clock.advance(1)
    expect(await session(second)).toMatchObject({ errcode: 40029 })
  })

  test('asks for appid, secret, code and grant_type in the order of the platform', async () => {
    const { ask, login } = createWorld()
    const refusal = async (query: string) => (await ask(`/sns/jscode2session?${query}`)).errcode
    const grant = 'grant_type=authorization_code'
    expect(await refusal('')).toBe(41002)
    expect(await refusal('appid=wxffffffffffffffff')).toBe(40013)
    expect(await refusal(`appid=${TEA.appId}`)).toBe(41004)
    expect(await refusal(`appid=${TEA.appId}&secret=${BOOKS.secret}&js_code=${await login()}&${grant}`)).toBe(40125)
    expect(await refusal(`appid=${TEA.appId}&secret=${TEA.secret}&${grant}`)).toBe(41008)
    expect(await refusal(`appid=${TEA.appId}&secret=${TEA.secret}&js_code=${await login()}`)).toBe(40002)
    expect(await refusal(`appid=${TEA.appId}&secret=${TEA.secret}&js_code=nobody&${grant}`)).toBe(40029)
  })

  test('refuses a code of another app and leaves it usable', async () => {
    const { login, session } = createWorld()
    const code = await login(LIN.id, TEA)
    expect(await session(code, BOOKS)).toMatchObject({ errcode: 40029 })
    expect(await session(code, TEA)).toHaveProperty('openid')
  })

  test('refuses a phone code and says in the journal what it is', async () => {
    const { phone, session, noted } = createWorld()
    const { code = '' } = await phone().tapPhoneButton()
    expect(await session(code)).toMatchObject({ errcode: 40029 })
    expect(noted('GET /sns/jscode2session')?.text).toEqual({
      zh: '这是手机号凭证，不是登录凭证',
      en: 'this is a phone code, not a login code',
    })
  })

  test('blocks a high-risk user', async () => {
    const { login, session } = createWorld({ people: [{ ...LIN, highRisk: true }] })
    expect(await session(await login())).toMatchObject({ errcode: 40226 })
  })

  test('answers one user a hundred times a minute, others are not touched', async () => {
    const { login, session, control } = createWorld()
    for (let call = 0; call < 100; call += 1) expect(await session(await login())).toHaveProperty('openid')
    const code = await login()
    expect(await session(code)).toMatchObject({ errcode: 45011 })
    expect(await session(await login(WANG.id))).toHaveProperty('openid')
    control.clock.advance(60_000)
    expect(await session(code)).toHaveProperty('openid')
  })

  test('writes the request time into the first group of the rid', async () => {
    const { session, control } = createWorld()
    const { errmsg } = await session('nobody')
    expect(errmsg).toMatch(RID)
    const [time = ''] = String(errmsg).split('rid: ')[1]?.split('-') ?? []
    expect(Number.parseInt(time, 16)).toBe(Math.floor(control.clock.now() / 1000))
    expect((await session('nobody')).errmsg).not.toBe(errmsg)
  })

  test('wants GET; HEAD spends no code', async () => {
    const { send, ask, login, session } = createWorld()
    const code = await login()
    const path = `/sns/jscode2session?appid=${TEA.appId}&secret=${TEA.secret}&js_code=${code}&grant_type=authorization_code`
    expect(await ask(path, { method: 'POST' })).toMatchObject({ errcode: 43001 })
    expect(await (await send(path, { method: 'HEAD' })).text()).toBe('')
    expect(await session(code)).toHaveProperty('openid')
  })

  test('never writes a whole code, a key or a secret into the journal', async () => {
    const { login, session, control } = createWorld()
    const code = await login()
    const { session_key: key } = await session(code)
    const journal = JSON.stringify(control.journal.entries())
    for (const secret of [code, String(key), TEA.secret]) expect(journal).not.toContain(secret)
  })
})

test('an unknown path is answered as a wrong URL, and the journal names the paths there are', async () => {
  const { ask, noted } = createWorld()
  expect(await ask('/sns/oauth2/access_token')).toMatchObject({
    errcode: 40066,
    errmsg: expect.stringMatching(/^invalid url rid: /),
  })
  expect(noted('GET /sns/oauth2/access_token')?.text.en).toContain('GET /sns/jscode2session')
})
