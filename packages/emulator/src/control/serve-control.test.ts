import { describe, expect, test, vi } from 'vitest'
import { createWorld, LIN, TEA } from '../../test/world.ts'
import { createHttpCloud, createWxRuntime } from '../wx/index.ts'
import type { EmulatorState } from './control.ts'

const USE = { appId: TEA.appId, personId: LIN.id }
const JSON_TYPE = { 'content-type': 'application/json' }

function createHttp() {
  const world = createWorld()
  const post = (path: string, body: unknown, headers: Record<string, string> = JSON_TYPE) =>
    world.send(`/_emulator${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers,
    })
  return { ...world, post, get: (path: string) => world.ask(`/_emulator${path}`) }
}

describe('the runtime over HTTP', () => {
  test('logs in, checks the session and taps as in one process', async () => {
    const { emulator, session, phoneByCode, noted } = createHttp()
    const cloud = createHttpCloud({ baseUrl: 'http://emulator.test', fetch: emulator.fetch })
    const runtime = createWxRuntime({ app: TEA, personId: LIN.id, cloud, network: async () => new Response('hello') })
    const { code } = await runtime.wx.login()
    expect(await session(code)).toHaveProperty('openid')
    expect(await runtime.wx.checkSession()).toEqual({ errMsg: 'checkSession:ok' })
    const detail = await runtime.tapPhoneButton()
    expect(await phoneByCode({ code: detail.code })).toMatchObject({ errcode: 0 })
    await new Promise(resolve => runtime.wx.request({ url: 'https://tea.test/v1?token=secret', complete: resolve }))
    await new Promise(resolve => setTimeout(resolve))
    expect(noted('wx.request')).toMatchObject({ ...USE, facts: { url: 'https://tea.test/v1', status: 200 } })
  })

  test('fails like a phone without network when the emulator is away or knows nobody', async () => {
    const { emulator } = createHttp()
    const cloud = createHttpCloud({ baseUrl: 'http://emulator.test', fetch: emulator.fetch })
    const stranger = createWxRuntime({ app: TEA, personId: 'nobody', cloud })
    await expect(stranger.wx.login()).rejects.toEqual({
      errMsg: 'login:fail "personId": no such person: nobody',
      errno: 108,
    })
    const away = createHttpCloud({
      baseUrl: 'http://x.test',
      fetch: () => Promise.reject(new TypeError('fetch failed')),
    })
    const offline = createWxRuntime({ app: TEA, personId: LIN.id, cloud: away })
    expect(await offline.tapPhoneButton()).toEqual({ errMsg: 'getPhoneNumber:fail fetch failed', errno: 108 })
  })
})

describe('the control API', () => {
  test('moves the clock and tells it', async () => {
    const { post, get, control } = createHttp()
    const before = control.clock.now()
    expect(await (await post('/clock', { advanceMs: 5000 })).json()).toEqual({ now: before + 5000 })
    expect(await get('/clock')).toEqual({ now: before + 5000 })
  })

  test('changes what is named of an app, keeps the rest, and tells it', async () => {
    const { post, get, control } = createHttp()
    const appOf = async () => {
      const { apps } = (await get('/state')) as unknown as EmulatorState
      return apps.find(app => app.appId === TEA.appId)
    }
    await post('/apps/change', { appId: TEA.appId, phonePermitted: false, privacy: { required: true } })
    expect(await appOf()).toMatchObject({ phonePermitted: false, privacyRequired: true, publishedAt: null })
    await post('/apps/change', { appId: TEA.appId, privacy: null })
    expect(await appOf()).toMatchObject({ phonePermitted: false, privacyRequired: false })
    expect(control.apps.all()[0]).toMatchObject({ secret: TEA.secret, name: TEA.name })
    expect((await post('/apps/change', { appId: TEA.appId, phonePermitted: 'no' })).status).toBe(400)
  })

  test('tells which faults are planned', async () => {
    const { post, get } = createHttp()
    await post('/faults', { api: 'code2Session', fault: 'busy' })
    await post('/wx-faults', { call: 'login', fault: 'never' })
    expect(await get('/faults')).toMatchObject({ pending: [{ api: 'code2Session', fault: 'busy' }] })
    expect(await get('/wx-faults')).toMatchObject({ pending: [{ call: 'login', fault: 'never' }] })
  })

  test('does what the control object does', async () => {
    const { post, control, session, login } = createHttp()
    await post('/people', { id: 'zhao', name: '赵', phones: [] })
    await post('/apps', { ...TEA, appId: 'wx00000000000000ff' })
    await post('/keys/rotate', USE)
    await post('/tokens/expire', { appId: TEA.appId })
    await post('/tokens/steal', { appId: TEA.appId })
    await post('/decisions', { personId: LIN.id, decision: { decision: 'cancel' } })
    await post('/faults', { api: 'code2Session', fault: 'busy' })
    expect(control.journal.entries().map(entry => entry.what)).toEqual([
      'person-put',
      'app-put',
      'session-key-rotated',
      'tokens-expired',
      'token-stolen',
      'decision-set',
      'fault-planned',
    ])
    expect(await session(await login('zhao'))).toMatchObject({ errcode: -1 })
    expect(await (await post('/reset', {})).json()).toEqual({ ok: true })
    expect(control.people.all()).toHaveLength(2)
  })

  test('shows the state', async () => {
    const { get, control } = createHttp()
    expect(await get('/state')).toEqual(JSON.parse(JSON.stringify(control.state())))
  })

  test.each([
    ['/wx/login', { ...USE, personId: 'nobody' }, 404, 'unknown-person', 'personId'],
    ['/wx/login', { ...USE, appId: 'wx1' }, 404, 'unknown-app', 'appId'],
    ['/wx/login', {}, 400, 'invalid-value', 'appId'],
    [
      '/wx/phone-sheet/close',
      { ...USE, decision: { decision: 'allow' }, openedAt: 1 },
      409,
      'no-open-sheet',
      'openedAt',
    ],
    ['/wx/phone-sheet/close', { ...USE, decision: 'allow', openedAt: 1 }, 400, 'invalid-value', 'decision'],
    [
      '/wx/note',
      { ...USE, entry: { what: 'x', text: { zh: '一' }, facts: {}, ok: true } },
      400,
      'invalid-value',
      'entry.text.en',
    ],
    ['/clock', { advanceMs: -5 }, 400, 'invalid-value', 'advanceMs'],
    ['/clock', { advanceMs: 'soon' }, 400, 'invalid-value', 'advanceMs'],
    ['/people', { id: 'zhao', name: '赵' }, 400, 'invalid-value', 'phones'],
    ['/apps', { ...TEA, secret: 'x' }, 400, 'invalid-value', 'secret'],
    ['/faults', { api: 'x', fault: 'html' }, 400, 'invalid-value', 'api'],
    ['/clock', '{', 400, 'invalid-value', 'body'],
    ['/clock', '[]', 400, 'invalid-value', 'body'],
    ['/nothing', {}, 404, 'unknown-route', ''],
  ])('POST %s with %j is answered with %i and the field', async (path, body, status, code, field) => {
    const { post } = createHttp()
    const response = await post(path, body)
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({
      error: { code, field, zh: expect.stringMatching(/[一-龥]/), en: expect.stringContaining(field) },
    })
  })

  test('does not obey a form of another web page', async () => {
    const { post, control } = createHttp()
    const response = await post('/reset', '{}', { 'content-type': 'text/plain' })
    expect(response.status).toBe(415)
    expect(control.journal.entries()).toEqual([])
  })
})

describe('the journal over HTTP', () => {
  test('can be read from a number on', async () => {
    const { get, login, control } = createHttp()
    await login()
    await login()
    expect(await get('/journal')).toEqual({ entries: control.journal.entries() })
    expect(await get('/journal?after=1')).toEqual({ entries: control.journal.entries(1) })
    expect(await get('/journal?after=x')).toMatchObject({ error: { field: 'after' } })
  })

  test('streams what was and what comes, and ends with the emulator', async () => {
    const { send, login, emulator, control } = createHttp()
    await login()
    await login()
    const response = await send('/_emulator/journal/stream', { headers: { 'last-event-id': '1' } })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    await login()
    emulator.close()
    const text = await response.text()
    expect(text.startsWith(': open\n\nid: 2\ndata: {')).toBe(true)
    const entries = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data) as unknown)
    expect(entries).toEqual(control.journal.entries(1))
  })

  test('a reader who leaves is forgotten, also when the emulator closes later', async () => {
    const { send, login, emulator } = createHttp()
    const uncaught = vi.fn()
    process.once('uncaughtException', uncaught)
    const response = await send('/_emulator/journal/stream')
    await response.body?.cancel()
    await expect(login()).resolves.toBeTruthy()
    emulator.close()
    await new Promise(resolve => setTimeout(resolve))
    process.removeListener('uncaughtException', uncaught)
    expect(uncaught).not.toHaveBeenCalled()
  })
})

test('the control API lists its routes', async () => {
  const { get } = createHttp()
  const { routes } = await get('')
  expect(routes).toEqual(
    expect.arrayContaining(['GET /_emulator/state', 'POST /_emulator/clock', 'POST /_emulator/push/send']),
  )
})
