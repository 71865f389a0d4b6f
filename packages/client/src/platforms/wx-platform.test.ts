import { expect, test, vi } from 'vitest'
import { createAuth, wxPlatform } from './wx.ts'
import type { WxHost, WxResponse } from './wx-host.ts'
import { platformOf } from './wx-platform.ts'

type Call = Readonly<Record<string, unknown>>

interface FakeHost {
  readonly host: WxHost
  readonly calls: Record<string, Call>
  readonly aborted: () => number
}

/** A `wx` that answers at once with what the test prepared; it returns nothing, as `wx.login` does. */
function createHost(answers: Record<string, unknown> = {}, changes: Partial<WxHost> = {}): FakeHost {
  const calls: Record<string, Call> = {}
  let aborted = 0
  const api =
    (name: string) =>
    (options: Call): undefined => {
      calls[name] = options
      const answer = answers[name]
      if (answer instanceof Error) (options.fail as (failure: unknown) => void)({ errMsg: answer.message })
      else (options.success as (result: unknown) => void)(answer)
    }
  const task = (name: string) => (options: Call) => {
    api(name)(options)
    return { abort: () => void aborted++ }
  }
  const host = {
    login: api('login'),
    checkSession: api('checkSession'),
    getStorage: api('getStorage'),
    setStorage: api('setStorage'),
    removeStorage: api('removeStorage'),
    getRandomValues: api('getRandomValues'),
    getAppBaseInfo: () => ({ SDKVersion: '3.8.0' }),
    request: task('request'),
    uploadFile: task('uploadFile'),
    onAppShow() {},
    onNetworkStatusChange() {},
    ...changes,
  }
  return { host: host as WxHost, calls, aborted: () => aborted }
}

const post = { url: 'https://a.example.com/v1/x', method: 'POST', headers: {}, timeoutMs: 8000 } as const

test('wx.login is called with callbacks and ten seconds; no promise is expected of it', async () => {
  const { host, calls } = createHost({ login: { code: 'abc', errMsg: 'login:ok' } })
  expect(await platformOf(host).login()).toMatchObject({ code: 'abc' })
  expect(calls.login).toMatchObject({ timeout: 10_000 })
})

test('a failure arrives as WeChat told it', async () => {
  const { host } = createHost({ login: new Error('login:fail system error') })
  await expect(platformOf(host).login()).rejects.toEqual({ errMsg: 'login:fail system error' })
})

test('a call that throws rejects', async () => {
  const { host } = createHost(
    {},
    {
      login() {
        throw new Error('not in a plugin')
      },
    },
  )
  await expect(platformOf(host).login()).rejects.toThrow('not in a plugin')
})

test('checkSession is a question, not a failure', async () => {
  expect(await platformOf(createHost().host).checkSession()).toBe(true)
  expect(await platformOf(createHost({ checkSession: new Error('session time out') }).host).checkSession()).toBe(false)
})

test('a request goes out as JSON text and comes back with lower-case header names and parsed JSON', async () => {
  const request: WxResponse = { statusCode: 409, header: { 'X-Request-Id': 7 }, data: '{"code":"code_consumed"}' }
  const { host, calls } = createHost({ request })
  const { done } = platformOf(host).request({ ...post, headers: { authorization: 'Bearer t' }, body: { a: '+/=' } })
  expect(await done).toEqual({ status: 409, headers: { 'x-request-id': '7' }, body: { code: 'code_consumed' } })
  expect(calls.request).toMatchObject({
    url: post.url,
    method: 'POST',
    header: { 'content-type': 'application/json', authorization: 'Bearer t' },
    data: '{"a":"+/="}',
    dataType: 'text',
    timeout: 8000,
  })
})

test.each([
  ['HTML', '<html>', '<html>'],
  ['nothing', '', ''],
  ['what the host has parsed already', [1], [1]],
])('a body that is %s is handed on as it is', async (_, data, body) => {
  const { host } = createHost({ request: { statusCode: 200, data } })
  expect((await platformOf(host).request({ ...post, method: 'GET' }).done).body).toEqual(body)
})

test('abort reaches the task of wx.request', () => {
  const { host, aborted } = createHost({ request: { statusCode: 200, data: '' } })
  platformOf(host).request(post).abort()
  expect(aborted()).toBe(1)
})

test('a file goes out with the content type of the host; its text answer is parsed', async () => {
  const { host, calls, aborted } = createHost({ uploadFile: { statusCode: 201, data: '{"user":1}' } })
  const { done, abort } = platformOf(host).upload({
    url: 'https://a.example.com/v1/x',
    filePath: 'wxfile://tmp/a.png',
    name: 'avatar',
    formData: { crop: 'square' },
    headers: { authorization: 'Bearer t' },
    timeoutMs: 60_000,
  })
  expect(await done).toEqual({ status: 201, headers: {}, body: { user: 1 } })
  expect(calls.uploadFile).toMatchObject({
    url: 'https://a.example.com/v1/x',
    filePath: 'wxfile://tmp/a.png',
    name: 'avatar',
    formData: { crop: 'square' },
    timeout: 60_000,
  })
  expect(calls.uploadFile?.header).toEqual({ authorization: 'Bearer t' })
  abort()
  expect(aborted()).toBe(1)
})

test.each([
  ['2.21.2', true],
  ['2.21.10', true],
  ['3.0.0', true],
  ['2.21.1', false],
  ['2.9.4', false],
  ['1.99.99', false],
  ['', false],
  ['next', false],
])('base library %j gives phone codes: %s', (SDKVersion, gives) => {
  const { host } = createHost({}, { getAppBaseInfo: () => ({ SDKVersion }) })
  expect(platformOf(host).hasPhoneCode()).toBe(gives)
})

test('a base library that cannot tell its version this way is too old for phone codes', () => {
  const { host } = createHost()
  delete host.getAppBaseInfo
  expect(platformOf(host).hasPhoneCode()).toBe(false)
})

test('entries are read and written encrypted', async () => {
  const { host, calls } = createHost({ getStorage: { data: '{}' } })
  const platform = platformOf(host)
  expect(await platform.readStorage('k')).toBe('{}')
  await platform.writeStorage('k', 'v')
  await platform.removeStorage('k')
  expect(calls.getStorage).toMatchObject({ key: 'k', encrypt: true })
  expect(calls.setStorage).toMatchObject({ key: 'k', data: 'v', encrypt: true })
  expect(calls.removeStorage).toMatchObject({ key: 'k' })
})

test('no entry, or one that cannot be decrypted, is null; a full storage rejects', async () => {
  const { host } = createHost({
    getStorage: new Error('getStorage:fail data not found'),
    setStorage: new Error('setStorage:fail exceed storage max size 10Mb'),
  })
  expect(await platformOf(host).readStorage('k')).toBeNull()
  await expect(platformOf(host).writeStorage('k', 'v')).rejects.toMatchObject({
    errMsg: expect.stringContaining('exceed'),
  })
})

test('random bytes become lower-case hex with leading zeros', async () => {
  const { host, calls } = createHost({ getRandomValues: { randomValues: new Uint8Array([0, 1, 171, 255]).buffer } })
  expect(await platformOf(host).randomHex()).toBe('0001abff')
  expect(calls.getRandomValues).toMatchObject({ length: 16 })
})

test.each(['absent', 'failing'])('with an %s random source the nonces still differ and are long enough', async how => {
  const { host } = createHost({ getRandomValues: new Error('getRandomValues:fail') })
  if (how === 'absent') delete host.getRandomValues
  const made = await Promise.all(Array.from({ length: 1000 }, () => platformOf(host).randomHex()))
  expect(new Set(made).size).toBe(1000)
  for (const nonce of made) expect(nonce).toMatch(/^[0-9a-f]{16,128}$/)
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  expect(await platformOf(host).randomHex()).toMatch(/^[0-9a-f]{16,128}$/)
})

test('the show of the app is heard, and the network when it comes back', () => {
  let show = () => {}
  let network = (_: { readonly isConnected: boolean }) => {}
  const { host } = createHost(
    {},
    {
      onAppShow(run) {
        show = run
      },
      onNetworkStatusChange(run) {
        network = run
      },
    },
  )
  let heard = 0
  platformOf(host).onReturn(() => heard++)
  show()
  network({ isConnected: false })
  network({ isConnected: true })
  expect(heard).toBe(2)
})

test('copies meet on the wx of the app, and outside of WeChat on the host', () => {
  const { host } = createHost()
  expect(platformOf(host).shared).toBe(host)
  const wx = {}
  vi.stubGlobal('wx', wx)
  expect(platformOf(host).shared).toBe(wx)
  vi.unstubAllGlobals()
})

test('a timer calls back once, or never when it was cancelled', () => {
  vi.useFakeTimers()
  const heard: string[] = []
  const platform = platformOf(createHost().host)
  platform.after(5, () => heard.push('kept'))
  platform.after(5, () => heard.push('cancelled')).cancel()
  vi.advanceTimersByTime(60)
  vi.useRealTimers()
  expect(heard).toEqual(['kept'])
  expect(platform.now()).toBeGreaterThan(1_700_000_000_000)
})

test('without a host and without a global wx there is a clear error', () => {
  expect(() => wxPlatform()).toThrow('"host" must be given / "host" 必须提供')
  expect(() => createAuth({ baseUrl: 'https://a.example.com', appId: 'wx00000000000000a1' })).toThrow('"host"')
})

test('the global wx is the host when none is given', () => {
  const { host } = createHost()
  vi.stubGlobal('wx', host)
  expect(wxPlatform().hasPhoneCode()).toBe(true)
  vi.unstubAllGlobals()
})
