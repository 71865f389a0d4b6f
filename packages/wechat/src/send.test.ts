import { expect, test } from 'vitest'
import {
  appId,
  connectionError,
  inTurn,
  openId,
  phoneInfo,
  refuse,
  rid,
  session,
  sessionKey,
  stubWechat,
  withTokens,
} from '../test/stub-wechat.ts'

const login = { appId, code: 'logincode' }
const phone = { appId, code: 'phonecode', openId }
const phoneByCode = '/wxa/business/getuserphonenumber'

const never = () => new Promise(() => undefined)

test('a busy platform is asked three times, 100 to 400 ms apart', async () => {
  const { wechat, time, calls } = stubWechat(() => refuse(-1, 'system error'))
  const startedAt = time.clock.now()
  await expect(time.finish(wechat.codeToSession(login))).rejects.toMatchObject({
    code: 'unavailable',
    errcode: -1,
    rid,
    mayHaveHappened: false,
  })
  expect(calls).toHaveLength(3)
  expect(time.clock.now() - startedAt).toBe(150 + 300)
})

test.each([
  [0, 100],
  [0.999, 200],
])('the pause of a repetition is spread by chance (%d)', async (random, least) => {
  const { wechat, time } = stubWechat(
    inTurn(
      () => refuse(-1),
      () => session,
    ),
    { random: () => random },
  )
  const startedAt = time.clock.now()
  expect(await time.finish(wechat.codeToSession(login))).toMatchObject({ status: 'ok' })
  expect(Math.round(time.clock.now() - startedAt)).toBe(least)
})

test('a phone code is sent again when the platform was busy', async () => {
  const { wechat, time, to } = stubWechat(
    withTokens(
      inTurn(
        () => refuse(-1),
        () => phoneInfo,
      ),
    ),
  )
  expect(await time.finish(wechat.phoneByCode(phone))).toMatchObject({ status: 'ok' })
  expect(to(phoneByCode)).toHaveLength(2)
})

test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])('without a connection (%s) it tries once more', async code => {
  const { wechat, time, calls } = stubWechat(({ url }) => Promise.reject(connectionError(code, url)))
  const startedAt = time.clock.now()
  await expect(time.finish(wechat.codeToSession(login))).rejects.toMatchObject({
    code: 'unavailable',
    mayHaveHappened: false,
    cause: { message: code },
  })
  expect(calls).toHaveLength(2)
  expect(time.clock.now() - startedAt).toBeLessThanOrEqual(1500)
})

test('a phone code that was never sent is sent once more', async () => {
  const refused = inTurn(
    ({ url }) => Promise.reject(connectionError('ECONNREFUSED', url)),
    () => phoneInfo,
  )
  const { wechat, time, to } = stubWechat(withTokens(refused))
  expect(await time.finish(wechat.phoneByCode(phone))).toMatchObject({ status: 'ok' })
  expect(to(phoneByCode)).toHaveLength(2)
})

test('an attempt ends after three seconds, a login after six', async () => {
  const { wechat, time, calls } = stubWechat(never)
  const startedAt = time.clock.now()
  await expect(time.finish(wechat.codeToSession(login))).rejects.toMatchObject({
    code: 'unavailable',
    mayHaveHappened: true,
    cause: { message: 'timeout' },
  })
  expect(calls).toHaveLength(2)
  expect(calls[1]?.query.js_code).toBe('logincode')
  expect(time.clock.now() - startedAt).toBe(6000)
})

test.each([40029, 40163])(
  'a login code refused with %i after a lost answer was used by the lost attempt',
  async errcode => {
    const { wechat, time } = stubWechat(inTurn(never, () => refuse(errcode)))
    expect(await time.finish(wechat.codeToSession(login))).toEqual({ status: 'code-used', said: { errcode, rid } })
  },
)

test('a login whose first answer is lost succeeds with the second', async () => {
  const { wechat, time } = stubWechat(inTurn(never, () => session))
  expect(await time.finish(wechat.codeToSession(login))).toMatchObject({ status: 'ok' })
})

test('a phone code is never sent again after a time-out, a broken connection or a 502', async () => {
  const reset = ({ url }: { url: string }) => Promise.reject(connectionError('ECONNRESET', url))
  for (const trouble of [never, reset, () => new Response('<html>', { status: 502 })]) {
    const { wechat, time, to } = stubWechat(withTokens(trouble))
    await expect(time.finish(wechat.phoneByCode(phone))).rejects.toMatchObject({
      code: 'unavailable',
      api: 'phoneByCode',
      mayHaveHappened: true,
    })
    expect(to(phoneByCode)).toHaveLength(1)
  }
})

test('a lost token request leaves no doubt about the phone code', async () => {
  const { wechat, time, to } = stubWechat(never)
  await expect(time.finish(wechat.phoneByCode(phone))).rejects.toMatchObject({
    api: 'accessToken',
    mayHaveHappened: false,
  })
  expect(to(phoneByCode)).toHaveLength(0)
})

test.each([40029, 40163, 40125, 40013, 40164, 45011, 45009, 40226, 99999])(
  'errcode %i is not asked about twice',
  async errcode => {
    const { wechat, time, calls } = stubWechat(() => refuse(errcode))
    await time.finish(wechat.codeToSession(login).catch(() => undefined))
    expect(calls).toHaveLength(1)
  },
)

test.each([
  ['HTML', '<html><body>502 Bad Gateway</body></html>'],
  ['nothing', ''],
  ['a cut answer', JSON.stringify(session).slice(0, -10)],
  ['a byte order mark', `\uFEFF${JSON.stringify(session)}`],
  ['a list', '[]'],
  ['null', 'null'],
  ['no openid', JSON.stringify({ session_key: sessionKey })],
  ['an openid that is a list', JSON.stringify({ ...session, openid: [openId] })],
  ['a session_key of the wrong length', JSON.stringify({ ...session, session_key: 'c2hvcnQ=' })],
  ['an errcode in words', JSON.stringify({ ...session, errcode: 'none' })],
  ['more than 64 KB', JSON.stringify({ ...session, padding: 'x'.repeat(65_536) })],
])('%s is a bad answer', async (_, text) => {
  const { wechat, time, calls } = stubWechat(() => new Response(text))
  await expect(time.finish(wechat.codeToSession(login))).rejects.toMatchObject({
    code: 'bad-answer',
    mayHaveHappened: true,
  })
  expect(calls).toHaveLength(1)
})

test('bytes that are not UTF-8 are a bad answer', async () => {
  const { wechat, time } = stubWechat(() => new Response(new Uint8Array([0x7b, 0xff, 0x7d])))
  await expect(time.finish(wechat.codeToSession(login))).rejects.toMatchObject({ code: 'bad-answer' })
})

test('an endless answer is given up after 64 KB', async () => {
  let sent = 0
  const body = new ReadableStream({
    pull(controller) {
      sent += 16_384
      controller.enqueue(new Uint8Array(16_384))
    },
  })
  const { wechat, time } = stubWechat(() => new Response(body))
  await expect(time.finish(wechat.codeToSession(login))).rejects.toMatchObject({ code: 'bad-answer' })
  expect(sent).toBeLessThan(200_000)
})

test.each(['text/plain', 'application/json; encoding=utf-8', 'text/html', ''])(
  'content type "%s" does not matter',
  async type => {
    const headers = type === '' ? {} : { 'content-type': type }
    const { wechat, time } = stubWechat(
      () => new Response(new TextEncoder().encode(JSON.stringify(session)), { headers }),
    )
    expect(await time.finish(wechat.codeToSession(login))).toMatchObject({ status: 'ok' })
  },
)

test.each([301, 302, 307, 308])('a redirect (%i) is not followed', async status => {
  const headers = { location: 'https://elsewhere.example/' }
  const { wechat, time, calls } = stubWechat(() => new Response(null, { status, headers }))
  await expect(time.finish(wechat.codeToSession(login))).rejects.toMatchObject({ code: 'bad-answer' })
  expect(calls).toHaveLength(1)
})

test('a request carries "redirect: manual"', async () => {
  let redirect = ''
  const { wechat } = stubWechat(() => session, {
    fetch: async request => {
      redirect = request.redirect
      return Response.json(session)
    },
  })
  await wechat.codeToSession(login)
  expect(redirect).toBe('manual')
})

test.each([
  [45011, 'limited', 60_000 - (1_790_000_000_000 % 60_000)],
  [45009, 'limited', undefined],
])('errcode %i is a limit', async (errcode, code, retryAfterMs) => {
  const { wechat, time } = stubWechat(() => refuse(errcode))
  await expect(time.finish(wechat.codeToSession(login))).rejects.toMatchObject({ code, errcode, rid, retryAfterMs })
})

test.each([40013, 40125, 40164, 40243, 41002, 41004, 48001, 50002, 50004, 50007, 89503])(
  'errcode %i is a wrong configuration',
  async errcode => {
    const { wechat, time } = stubWechat(() => refuse(errcode))
    await expect(time.finish(wechat.codeToSession(login))).rejects.toMatchObject({ code: 'misconfigured', errcode })
  },
)

test('an errcode that nobody documented is a bad answer that names it', async () => {
  const { wechat, time } = stubWechat(() => refuse(99999))
  await expect(time.finish(wechat.codeToSession(login))).rejects.toMatchObject({ code: 'bad-answer', errcode: 99999 })
})

test('one event is told for every request', async () => {
  const { wechat, time, events } = stubWechat(
    withTokens(
      inTurn(
        () => refuse(-1),
        () => refuse(42001),
        () => phoneInfo,
      ),
    ),
  )
  await time.finish(wechat.phoneByCode(phone))
  expect(events).toEqual([
    { api: 'accessToken', appId, attempt: 1, durationMs: 0, outcome: 'ok' },
    { api: 'phoneByCode', appId, attempt: 1, durationMs: 0, outcome: 'refused', errcode: -1, rid },
    { api: 'phoneByCode', appId, attempt: 2, durationMs: 0, outcome: 'refused', errcode: 42001, rid },
    { api: 'accessToken', appId, attempt: 1, durationMs: 0, outcome: 'ok' },
    { api: 'phoneByCode', appId, attempt: 1, durationMs: 0, outcome: 'ok' },
  ])
})

test('an event of a time-out tells how long it took and why', async () => {
  const { wechat, time, events } = stubWechat(inTurn(never, () => session))
  await time.finish(wechat.codeToSession(login))
  expect(events[0]).toMatchObject({ outcome: 'lost', reason: 'timeout', durationMs: 3000 })
})

test('an observer that throws loses no answer', async () => {
  const { wechat } = stubWechat(() => session, {
    observe: () => {
      throw new Error('no disk')
    },
  })
  expect(await wechat.codeToSession(login)).toMatchObject({ status: 'ok' })
})

test('after close nothing is sent', async () => {
  const { wechat, time, calls } = stubWechat(() => session)
  await wechat.close()
  await expect(time.finish(wechat.codeToSession(login))).rejects.toMatchObject({ code: 'unavailable' })
  expect(calls).toEqual([])
})
