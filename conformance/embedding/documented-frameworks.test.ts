import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { programsOf, writePrograms } from './documented.ts'
import { freePort } from './free-port.ts'
import { type Login, openWechat, post } from './open-world.ts'

const folder = writePrograms('embedding.md')
const frameworks = ['express.mjs', 'fastify.mjs', 'hono.mjs', 'koa.mjs', 'nest.ts']

let wechat: Awaited<ReturnType<typeof openWechat>>
let origin: string
beforeEach(async () => {
  wechat = await openWechat()
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  vi.stubEnv('WECHAT_BASE_URL', wechat.origin)
  vi.stubEnv('PORT', String(port))
  vi.resetModules()
})
afterEach(async () => {
  process.emit('SIGTERM')
  vi.unstubAllEnvs()
  await wechat.close()
})

async function logIn(): Promise<Login> {
  const answer = await post(`${origin}/auth/v1/login`, await wechat.loginBody())
  expect(answer.status).toBe(200)
  return (await answer.json()) as Login
}

describe.each(frameworks)('docs/embedding.md: %s', program => {
  beforeEach(async () => {
    await import(join(folder, program))
  })

  test('logs a user in under the prefix and knows the user at a route of its own', async () => {
    const { user, tokens } = await logIn()
    const headers = { authorization: `Bearer ${tokens.accessToken}` }
    const me = await fetch(`${origin}/auth/v1/me`, { headers })
    expect(await me.json()).toMatchObject({ user: { id: user.id } })
    const mine = await fetch(`${origin}/orders`, { headers })
    expect([mine.status, await mine.json()]).toEqual([200, { of: user.id }])
  })

  test('refuses strangers at that route with the challenge of RFC 6750', async () => {
    const nobody = await fetch(`${origin}/orders`)
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(await nobody.json()).toMatchObject({ code: 'token_missing' })
    const liar = await fetch(`${origin}/orders`, { headers: { authorization: 'Bearer a.b.c' } })
    expect(liar.headers.get('www-authenticate')).toBe('Bearer error="invalid_token", error_description="malformed"')
    expect(await liar.json()).toMatchObject({ code: 'token_invalid', detail: 'malformed' })
  })

  test('answers HEAD, unknown paths, wrong methods, odd types and large bodies as the server itself does', async () => {
    const head = await fetch(`${origin}/auth/.well-known/jwks.json`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect((await fetch(`${origin}/auth/nothing?here`)).status).toBe(404)
    expect((await fetch(`${origin}/auth/v1/login`)).status).toBe(405)
    const form = await fetch(`${origin}/auth/v1/login`, { method: 'POST', body: new URLSearchParams({ code: 'x' }) })
    expect(form.status).toBe(415)
    expect((await post(`${origin}/auth/v1/login`, { code: 'x'.repeat(20_000) })).status).toBe(413)
    const broken = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1,"a":2}' }
    expect(await (await fetch(`${origin}/auth/v1/login`, broken)).json()).toMatchObject({ code: 'request_malformed' })
  })

  test('survives a caller that hangs up in the middle of a body', async () => {
    vi.spyOn(console, 'error').mockReturnValue() // Koa tells of it
    const socket = connect(Number(new URL(origin).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(
      'POST /auth/v1/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"a',
    )
    socket.resetAndDestroy()
    await once(socket, 'close')
    await logIn()
  })

  test('closes on SIGTERM and then takes no request any more', async () => {
    await logIn()
    process.emit('SIGTERM')
    await vi.waitFor(() => expect(fetch(`${origin}/auth/healthz`)).rejects.toThrow(), { timeout: 10_000 })
  })
})

test('docs/embedding.md: every program of the page is run here', () => {
  expect(
    programsOf('embedding.md')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['auth.mjs', ...frameworks])
})
