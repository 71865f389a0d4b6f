import { describe, expect, test } from 'vitest'
import { createWorld } from '../../test/world.ts'
import type { EmulatedLaunch } from '../create-emulator.ts'
import type { WxFailure } from './fail.ts'
import type { WxResponse } from './request.ts'
import type { WxRequestOptions } from './request-message.ts'
import type { WxRuntime } from './runtime.ts'

const URL_OF_TEA = 'https://tea.test/v1/login'

function createPhone(launch: EmulatedLaunch = {}) {
  const seen: Request[] = []
  const world = createWorld()
  const network = async (request: Request) => {
    seen.push(request)
    return Response.json({ ok: true })
  }
  return { ...world, seen, runtime: world.phone(undefined, undefined, { network, ...launch }) }
}

const send = ({ wx }: WxRuntime, options: WxRequestOptions) =>
  new Promise<WxResponse>((resolve, reject) => wx.request({ ...options, success: resolve, fail: reject }))

const failureOf = (runtime: WxRuntime, options: WxRequestOptions) =>
  new Promise<WxFailure>(resolve => runtime.wx.request({ ...options, fail: resolve }))

/** A network whose answers come when the test says so. */
function heldNetwork() {
  const held: ((response: Response) => void)[] = []
  return {
    held,
    network: (_: Request) => new Promise<Response>(resolve => void held.push(resolve)),
  }
}

const settled = () => new Promise(resolve => setTimeout(resolve))

describe('wx.request sends', () => {
  test('JSON by default, with the referer of the app, which cannot be chosen', async () => {
    const { runtime, seen } = createPhone()
    const header = { Referer: 'https://elsewhere.test', 'X-Count': 7, 'X-Nothing': undefined }
    await send(runtime, { url: URL_OF_TEA, method: 'post', data: { code: 'c', phone: null }, header })
    const [request] = seen
    expect(request?.method).toBe('POST')
    expect(request?.headers.get('content-type')).toBe('application/json')
    expect(request?.headers.get('referer')).toBe(
      'https://servicewechat.com/wx0000000000000001/devtools/page-frame.html',
    )
    expect(request?.headers.get('user-agent')).toMatch(/iPhone OS 18_5 .* MicroMessenger\/8\.0\.60$/)
    expect(request?.headers.get('x-count')).toBe('7')
    expect(request?.headers.has('x-nothing')).toBe(false)
    expect(await request?.json()).toEqual({ code: 'c', phone: null })
  })

  test('fields of a GET in the query', async () => {
    const { runtime, seen } = createPhone()
    await send(runtime, { url: 'https://tea.test/a?x=1#end', data: { 名: '林 &', list: [1], none: undefined } })
    expect(seen[0]?.url).toBe('https://tea.test/a?x=1&%E5%90%8D=%E6%9E%97%20%26&list=%5B1%5D#end')
    await send(runtime, { url: 'https://tea.test/a', data: 'text' })
    expect(seen[1]?.url).toBe('https://tea.test/a')
  })

  test('a form when the header says so, texts and bytes as they are, nothing when there is nothing', async () => {
    const { runtime, seen } = createPhone()
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    await send(runtime, { url: URL_OF_TEA, method: 'POST', header: form, data: { a: '1 +', b: 2 } })
    await send(runtime, { url: URL_OF_TEA, method: 'PUT', data: 'plain' })
    await send(runtime, { url: URL_OF_TEA, method: 'POST', data: new Uint8Array([1, 2]).buffer })
    await send(runtime, { url: URL_OF_TEA, method: 'DELETE' })
    const bodies = await Promise.all(
      seen.map(async request => Buffer.from(await request.arrayBuffer()).toString('latin1')),
    )
    expect(bodies).toEqual(['a=1%20%2B&b=2', 'plain', '\x01\x02', ''])
  })
})

describe('wx.request answers', () => {
  test('every status with success, and the data parsed when it is JSON', async () => {
    const network = async () => Response.json({ code: 'login-code-used' }, { status: 409, headers: { 'X-Id': 'r1' } })
    const { runtime } = createPhone({ network })
    expect(await send(runtime, { url: URL_OF_TEA })).toEqual({
      statusCode: 409,
      data: { code: 'login-code-used' },
      header: { 'Content-Type': 'application/json', 'X-Id': 'r1' },
      cookies: [],
      errMsg: 'request:ok',
    })
  })

  test('text that is not JSON as text, any text with another dataType, bytes on request', async () => {
    const { runtime } = createPhone({
      network: async request => new Response(request.url.endsWith('json') ? '{}' : '<p>'),
    })
    expect((await send(runtime, { url: 'https://tea.test/html' })).data).toBe('<p>')
    expect((await send(runtime, { url: 'https://tea.test/json' })).data).toEqual({})
    expect((await send(runtime, { url: 'https://tea.test/json', dataType: 'text' })).data).toBe('{}')
    const { data } = await send(runtime, { url: 'https://tea.test/json', responseType: 'arraybuffer' })
    expect(data).toEqual(new TextEncoder().encode('{}').buffer)
  })

  test('header names as the device spells them, cookies apart, headers first', async () => {
    const network = async () =>
      new Response('', {
        headers: [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['x-id', '1'],
        ],
      })
    const { runtime } = createPhone({ network, device: { platform: 'android' } })
    const heard = await new Promise(resolve => runtime.wx.request({ url: URL_OF_TEA }).onHeadersReceived(resolve))
    expect(heard).toMatchObject({ statusCode: 200, header: { 'x-id': '1' }, cookies: ['a=1', 'b=2'] })
  })
})

describe('wx.request fails', () => {
  test.each([
    [{}, 'request:fail parameter error: parameter.url should be String instead of Undefined;', 1001],
    [{ url: 7 }, 'request:fail parameter error: parameter.url should be String instead of Number;', 1001],
    [{ url: '/v1' }, 'request:fail invalid url "/v1"', 600009],
    [{ url: 'ftp://tea.test' }, 'request:fail invalid url "ftp://tea.test"', 600009],
    [{ url: URL_OF_TEA, method: 'PATCH' }, 'request:fail invalid method "PATCH"', 1001],
  ])('%#: %j', async (options, errMsg, errno) => {
    const { runtime, seen } = createPhone()
    expect(await failureOf(runtime, options as never)).toEqual({ errMsg, errno })
    expect(seen).toEqual([])
  })

  test('outside the allowed domains, when there is a list', async () => {
    const { runtime, seen } = createPhone({ domains: ['https://tea.test'] })
    expect(await failureOf(runtime, { url: 'https://other.test/' })).toEqual({
      errMsg: 'request:fail url not in domain list',
      errno: 600002,
    })
    await send(runtime, { url: URL_OF_TEA })
    expect(seen).toHaveLength(1)
  })

  test('without network, in the words of the platform', async () => {
    const network = () => Promise.reject(new TypeError('fetch failed'))
    const messages = await Promise.all(
      (['ios', 'android', 'devtools'] as const).map(platform =>
        failureOf(createPhone({ network, device: { platform } }).runtime, { url: URL_OF_TEA }),
      ),
    )
    expect(messages).toEqual([
      { errMsg: 'request:fail 未能连接到服务器。', errno: 600001 },
      { errMsg: expect.stringContaining('net::ERR_CONNECTION_REFUSED'), errno: 600001 },
      { errMsg: 'request:fail', errno: 600001 },
    ])
    const { wx } = createWorld().phone()
    expect(await new Promise(resolve => wx.request({ url: URL_OF_TEA, fail: resolve }))).toHaveProperty('errno', 600001)
  })

  test('after sixty seconds without an answer, or after its own timeout', async () => {
    const { network } = heldNetwork()
    const { runtime, control } = createPhone({ network })
    const failures: string[] = []
    runtime.wx.request({ url: URL_OF_TEA, fail: ({ errMsg, errno }) => failures.push(`default: ${errMsg} ${errno}`) })
    runtime.wx.request({ url: URL_OF_TEA, timeout: 3000, fail: ({ errMsg }) => failures.push(`own: ${errMsg}`) })
    await settled()
    control.clock.advance(3000)
    await settled()
    expect(failures).toEqual(['own: request:fail timeout'])
    control.clock.advance(56_999)
    await settled()
    expect(failures).toHaveLength(1)
    control.clock.advance(1)
    await settled()
    expect(failures[1]).toBe('default: request:fail timeout 5')
  })

  test('when it is aborted, and the network hears of it', async () => {
    let signal: AbortSignal | undefined
    const network = (request: Request) => {
      signal = request.signal
      return new Promise<Response>(() => {})
    }
    const { runtime } = createPhone({ network })
    const failure = new Promise(resolve => {
      const task = runtime.wx.request({ url: URL_OF_TEA, fail: resolve })
      setTimeout(() => task.abort())
    })
    expect(await failure).toEqual({ errMsg: 'request:fail abort' })
    expect(signal?.aborted).toBe(true)
  })
})

describe('wx.request at once', () => {
  test('ten run, more wait their turn, an aborted one never leaves', async () => {
    const { held, network } = heldNetwork()
    const { runtime } = createPhone({ network })
    const done: number[] = []
    const tasks = Array.from({ length: 12 }, (_, at) =>
      runtime.wx.request({ url: URL_OF_TEA, success: () => done.push(at), fail: () => done.push(-at) }),
    )
    await settled()
    expect(held).toHaveLength(10)
    tasks[10]?.abort()
    held[0]?.(new Response('{}'))
    await settled()
    expect(done).toEqual([-10, 0])
    expect(held).toHaveLength(11)
    held[10]?.(new Response('{}'))
    await settled()
    expect(done).toEqual([-10, 0, 11])
  })
})

test('the journal gets method, address without query, and status', async () => {
  const { runtime, noted } = createPhone()
  await send(runtime, { url: 'https://tea.test/v1/me?token=secret', data: { secret: 1 } })
  await settled()
  expect(noted('wx.request')).toMatchObject({
    side: 'wx',
    ok: true,
    facts: { method: 'GET', url: 'https://tea.test/v1/me', status: 200 },
  })
})
