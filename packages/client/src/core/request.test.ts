import { expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { baseUrl, launch } from '../testing/launch.ts'

test('waits for the login and carries its token', async () => {
  const phone = createFakePhone()
  phone.manual = true
  const auth = await launch(phone)
  const request = auth.request({ url: '/v1/me', headers: { 'x-page': 'home', authorization: 'mine' } })
  await settle()
  phone.manual = false
  phone.logins[0]?.succeed()
  expect(await request).toMatchObject({ status: 'answered', response: { status: 200 } })
  expect(phone.sent.at(-1)).toMatchObject({
    url: `${baseUrl}/v1/me`,
    method: 'GET',
    headers: { 'x-page': 'home', authorization: expect.stringMatching(/^Bearer a\./) },
    timeoutMs: 8000,
  })
})

test('many requests with a refused token refresh it once and are each repeated once', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.server.expireAccess()
  const all = await Promise.all(Array.from({ length: 8 }, () => auth.request({ url: '/v1/me' })))
  expect(all.every(outcome => outcome.status === 'answered' && outcome.response.status === 200)).toBe(true)
  expect([phone.count('POST /v1/token'), phone.count('GET /v1/me'), phone.count('login')]).toEqual([1, 16, 1])
})

test('a token that is refused twice is the answer: nothing loops', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  for (let turn = 0; turn < 3; turn++) phone.server.refuseNext('/v1/me', 'token_invalid')
  expect(await auth.request({ url: '/v1/me' })).toMatchObject({ status: 'answered', response: { status: 401 } })
  expect(phone.count('GET /v1/me')).toBe(2)
})

test('a 401 that is not about the token is the answer', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.server.refuseNext('/v1/me', 'code_invalid')
  expect(await auth.request({ url: '/v1/me' })).toMatchObject({ status: 'answered', response: { status: 401 } })
  expect(phone.count('POST /v1/token')).toBe(0)
})

test('a backend of yours says it in the www-authenticate header', async () => {
  const phone = createFakePhone()
  let refused = 0
  const platform: typeof phone.platform = {
    ...phone.platform,
    request(request) {
      if (!request.url.startsWith('https://shop.example.com')) return phone.platform.request(request)
      const headers = { 'www-authenticate': 'Bearer error="invalid_token"' }
      const response = refused++ === 0 ? { status: 401, headers, body: '' } : { status: 200, headers: {}, body: 'fine' }
      return { done: Promise.resolve(response), abort() {} }
    },
  }
  const auth = await launch(phone, { platform, backends: ['https://shop.example.com/'] })
  expect(await auth.request({ url: 'https://shop.example.com/orders' })).toMatchObject({ response: { body: 'fine' } })
  expect(phone.count('POST /v1/token')).toBe(1)
})

test.each([
  'https://evil.example.com/',
  'https://auth.example.com.evil.com/v1/me',
  'https://auth.example.com@evil.com/',
  'http://auth.example.com/v1/me',
  'v1/me',
  '',
])('the token does not go to %j', async url => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  expect(() => auth.request({ url })).toThrow(/"url" must .* \/ "url" 必须/)
  await settle()
  expect(phone.sent).toHaveLength(1)
})

test('a failed request is not repeated: only the caller knows whether it may be', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.fates.push('lost-after')
  expect(await auth.request({ url: '/v1/me', method: 'POST', body: { a: 1 } })).toMatchObject({
    status: 'unavailable',
    detail: 'request:fail net::ERR_CONNECTION_RESET (errno 600001)',
  })
  expect(phone.count('POST /v1/me')).toBe(1)
})

test('abort settles at once, on the way and while waiting for the session', async () => {
  const phone = createFakePhone()
  phone.manual = true
  const auth = await launch(phone)
  const early = auth.request({ url: '/v1/me' })
  early.abort()
  expect(await early).toEqual({ status: 'aborted' })
  phone.manual = false
  phone.logins[0]?.succeed()
  await settle()
  expect(phone.count('GET /v1/me')).toBe(0)
  phone.manual = true
  const late = auth.request({ url: '/v1/me' })
  await settle()
  expect(phone.wire).toHaveLength(1)
  late.abort()
  expect(await late).toEqual({ status: 'aborted' })
  expect(phone.wire).toHaveLength(0)
})

test('a request whose callback never comes settles', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.fates.push('never')
  const request = auth.request({ url: '/v1/me', timeoutMs: 3000 })
  await phone.clock.advance(5000)
  expect(await request).toMatchObject({ status: 'unavailable' })
})

test('every request settles when the login fails', async () => {
  const phone = createFakePhone()
  phone.manual = true
  const auth = await launch(phone)
  const all = Promise.all(Array.from({ length: 3 }, () => auth.request({ url: '/v1/me' })))
  await settle()
  phone.logins[0]?.fail({ errMsg: 'login:fail time out', errno: 5 })
  expect((await all).map(outcome => outcome.status)).toEqual(['unavailable', 'unavailable', 'unavailable'])
})

test('a file goes out as a request does: waits for the session, carries the token, and once more with a new one', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.server.expireAccess()
  const file = { url: '/v1/me', filePath: 'wxfile://tmp/a.png', name: 'avatar', formData: { crop: 'square' } }
  expect(await auth.upload(file)).toMatchObject({ status: 'answered', response: { status: 200 } })
  expect([phone.count('POST /v1/me'), phone.count('POST /v1/token'), phone.count('login')]).toEqual([2, 1, 1])
  expect(phone.sent.at(-1)).toMatchObject({
    url: `${baseUrl}/v1/me`,
    headers: { authorization: expect.stringMatching(/^Bearer a\./) },
    body: { avatar: 'wxfile://tmp/a.png', crop: 'square' },
    timeoutMs: 60_000,
  })
  expect(() => auth.upload({ ...file, url: 'https://evil.example.com/' })).toThrow('"url"')
})

test('an upload can be aborted', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.manual = true
  const upload = auth.upload({ url: '/v1/me', filePath: 'wxfile://tmp/a.png', name: 'avatar' })
  await settle()
  upload.abort()
  expect(await upload).toEqual({ status: 'aborted' })
  expect(phone.wire).toEqual([])
})
