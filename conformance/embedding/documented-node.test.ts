import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { programsOf, writePrograms } from './documented.ts'
import { freePort } from './free-port.ts'
import { openWorld } from './open-world.ts'

const folder = writePrograms('backends/node.md')
let world: Awaited<ReturnType<typeof openWorld>>
afterEach(async () => {
  process.emit('SIGTERM')
  vi.unstubAllEnvs()
  await world.close()
})

async function open(path = '') {
  world = await openWorld()
  const port = String(await freePort())
  vi.stubEnv('AUTH_ISSUER', `${world.issuer}${path}`)
  vi.stubEnv('PORT', port)
  vi.resetModules()
  await import(join(folder, 'orders.mjs'))
  return (authorization: string) => fetch(`http://127.0.0.1:${port}/`, { headers: { authorization } })
}

test('docs/backends/node.md: orders.mjs knows the user', async () => {
  const ask = await open()
  expect(await (await ask(`Bearer ${world.token}`)).json()).toEqual({ of: world.userId })
  expect((await ask('Bearer a.b.c')).status).toBe(401)
})

test('docs/backends/node.md: orders.mjs answers 503 while the keys cannot be read', async () => {
  const ask = await open('/nothing')
  expect((await ask(`Bearer ${world.token}`)).status).toBe(503)
})

test('docs/backends/node.md: every program of the page is run here', () => {
  expect(programsOf('backends/node.md').map(({ name }) => name)).toEqual(['orders.mjs'])
})
