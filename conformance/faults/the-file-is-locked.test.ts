import { routes } from '@weapp-auth/protocol/contract'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flows } from './flows.ts'
import { goThrough, nameOf, type Promised } from './go-through.ts'
import { lin, mo, newNonce, visit } from './people.ts'
import { type FileWorld, openFileWorld } from './services/sqlite-file.ts'
import { ask } from './site.ts'

/** Another program begins to write, and does not come to an end. */
function lock(file: string): () => void {
  const other = new Database(file)
  other.exec('BEGIN IMMEDIATE')
  return () => {
    other.exec('ROLLBACK')
    other.close()
  }
}

describe('SQLite', { timeout: 30_000 }, () => {
  let world: FileWorld
  beforeAll(async () => {
    // Shorter than in life, so that the tests are.
    world = await openFileWorld({ busyTimeoutMs: 300 })
  })
  afterAll(() => world.close())

  test.each(flows)('F12: another program holds the lock of the file: $id', async flow => {
    const site = world.newSite()
    const { accessToken } = await visit(site, mo)
    // WeChat has exchanged the code by then, so the client logs in again.
    const again = flow.id === 'login' ? ['409 code_consumed'] : ['200']
    const promised: Promised = { answers: ['503 storage_busy'], again }
    let unlock = () => {}
    await goThrough(site, flow, {
      begin() {
        unlock = lock(world.file)
      },
      // What only reads goes on.
      async during() {
        expect(nameOf(await ask(site, routes.me, { token: accessToken }))).toBe('200')
        expect(nameOf(await ask(site, routes.ready))).toBe('503 storage_busy')
      },
      end: () => unlock(),
      promised,
      sessionsGoOn: false,
      restart: () => world.restart(),
    })
  })

  test('F12: who waits for the lock holds up nobody who reads, and waits two seconds', async () => {
    const patient = await openFileWorld()
    const site = patient.newSite()
    const { refreshToken, accessToken } = await visit(site, lin)
    const unlock = lock(patient.file)
    const sentAt = performance.now()
    let waitedMs = 0
    const refused = ask(site, routes.token, { body: { refreshToken, nonce: newNonce() } }).then(answer => {
      waitedMs = performance.now() - sentAt
      return answer
    })
    let reads = 0
    for (; waitedMs === 0; reads += 1) expect(nameOf(await ask(site, routes.me, { token: accessToken }))).toBe('200')
    expect(nameOf(await refused)).toBe('503 storage_busy')
    expect(reads).toBeGreaterThan(10)
    expect(waitedMs).toBeGreaterThan(1900)
    expect(waitedMs).toBeLessThan(4000)
    unlock()
    await patient.close()
  })
})
