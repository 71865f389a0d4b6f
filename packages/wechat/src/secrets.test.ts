import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import {
  type Answer,
  appId,
  connectionError,
  openId,
  phoneInfo,
  rid,
  secret,
  sessionKey,
  stubWechat,
} from '../test/stub-wechat.ts'

const token = 'canary-access-token-0123456789'
const code = 'canarycode0123456789'
const number = '13912345678'
const canaries = [secret, token, code, openId, sessionKey, number]

const said = JSON.stringify({ openid: openId, session_key: sessionKey, phone_info: { phoneNumber: number } })

/** Everything that can go wrong, each saying as much as it can. */
const troubles: Readonly<Record<string, Answer>> = {
  'no connection': ({ url }) => Promise.reject(connectionError('ECONNREFUSED', url)),
  'a reset': ({ url }) => Promise.reject(connectionError('ECONNRESET', url)),
  'an error of no known kind': ({ url, body }) => Promise.reject(new Error(`${url} ${JSON.stringify(body)} ${said}`)),
  'a thrown text': ({ url }) => Promise.reject(`${url} ${said}`),
  'a time-out': () => new Promise(() => undefined),
  'a 502 that repeats the request': ({ url }) => new Response(`${url} ${said}`, { status: 502 }),
  'a 404 that repeats the request': ({ url }) => new Response(`${url} ${said}`, { status: 404 }),
  'a redirect to the same query': ({ url }) => new Response(null, { status: 302, headers: { location: url } }),
  HTML: ({ url }) => new Response(`<html>${url} ${said}</html>`),
  'a cut answer': () => new Response(said.slice(0, -3)),
  'a number where the openid was': () => ({ openid: 7, session_key: sessionKey, phone_info: { phoneNumber: number } }),
  'a session_key with a letter too many': () => ({ openid: openId, session_key: `${sessionKey}x`, phone_info: said }),
  'errcodes that repeat the request': ({ url, body }) => ({
    errcode: 40013,
    errmsg: `invalid appid ${url} ${JSON.stringify(body)} rid: ${rid}`,
  }),
  'a refused token that is repeated': ({ url }) => ({
    errcode: 40001,
    errmsg: `invalid credential ${url}, rid: ${rid}`,
  }),
  'a limit that is repeated': ({ url, body }) => ({ errcode: 45011, errmsg: `${url} ${JSON.stringify(body)}` }),
  'a busy platform that repeats': ({ url, body }) => ({ errcode: -1, errmsg: `${url} ${JSON.stringify(body)}` }),
}

test.each(Object.entries(troubles))('no secret is in an error or an event after %s', async (_, answer) => {
  const { wechat, time, events } = stubWechat(call => {
    if (call.path === '/cgi-bin/stable_token') return { access_token: token, expires_in: 7200 }
    return answer(call)
  })
  const thrown: unknown[] = []
  const ask = (work: Promise<unknown>) => time.finish(work.catch(error => thrown.push(error)))
  await ask(wechat.codeToSession({ appId, code }))
  await ask(wechat.phoneByCode({ appId, code, openId }))
  await ask(wechat.checkSession({ appId, openId, sessionKey }))
  await ask(wechat.checkEncryptedData({ appId, encryptedData: 'QUJD' }))
  expect(thrown.length).toBeGreaterThan(0)
  expectClean(thrown, events)
})

test.each(Object.entries(troubles))(
  'no secret is in an error or an event when the token request meets %s',
  async (_, answer) => {
    const { wechat, time, events } = stubWechat(answer)
    const thrown: unknown[] = []
    await time.finish(wechat.accessToken(appId).catch(error => thrown.push(error)))
    expect(thrown).toHaveLength(1)
    expectClean(thrown, events)
  },
)

test('no secret is in an event of a success', async () => {
  const { wechat, time, events } = stubWechat(call =>
    call.path === '/cgi-bin/stable_token' ? { access_token: token, expires_in: 7200 } : phoneInfo,
  )
  await time.finish(wechat.phoneByCode({ appId, code, openId }))
  expect(events).toHaveLength(2)
  expectClean([], events)
})

test('the client itself shows no secret when it is printed', () => {
  const { wechat } = stubWechat(() => phoneInfo)
  expect(inspect(wechat, { depth: 20, showHidden: true })).not.toContain(secret)
})

function expectClean(...seen: readonly unknown[]): void {
  const text = everythingIn(seen)
  for (const canary of canaries) expect(text).not.toContain(canary)
}

function everythingIn(value: unknown): string {
  const parts = [
    inspect(value, { depth: 20, showHidden: true, getters: true, maxStringLength: null }),
    JSON.stringify(value),
  ]
  for (let at = value; at; at = (at as { cause?: unknown }).cause)
    parts.push(inspect(at, { showHidden: true }), String(at))
  for (const error of Array.isArray(value) ? value.flat(2) : []) {
    if (error instanceof Error) parts.push(error.stack ?? '', everythingIn({ ...error, cause: error.cause }))
  }
  return parts.join('\n')
}
