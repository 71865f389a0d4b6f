import { routes } from '@weapp-auth/protocol/contract'
import { describe, expect, test } from 'vitest'
import { flows } from './flows.ts'
import { asUsual, nameOf } from './go-through.ts'
import { inWorld } from './in-world.ts'
import { openWorld } from './open-world.ts'
import { runServe } from './run-serve.ts'
import { ask, expectWellFormed } from './site.ts'
import { beginOf, openSlowClient, openSlowCrowd } from './slow-crowd.ts'

describe.each(flows)('$id', { timeout: 60_000 }, flow => {
  test('F23: a thousand clients send a byte a second', async () => {
    let letGo = () => {}
    await inWorld(flow, {
      promised: asUsual,
      async begin({ origin }) {
        letGo = await openSlowCrowd(origin, 1000)
      },
      end: () => letGo(),
    })
  })
})

describe('what the port allows', { timeout: 60_000 }, () => {
  test('headers within 10 seconds, a request within 15, and others are served meanwhile', async () => {
    const origin = await runServe()
    const letGo = await openSlowCrowd(origin, 500)
    const headers = await openSlowClient(origin, beginOf('headers'))
    const body = await openSlowClient(origin, beginOf('body'))
    expect((await ask({ origin }, routes.ready)).status).toBe(200)
    const [early, late] = await Promise.all([headers.closed, body.closed])
    expect(early.afterMs).toBeGreaterThan(9_000)
    expect(late.afterMs).toBeGreaterThan(14_000)
    expect(early.said).toMatch(/^HTTP\/1\.1 408 /)
    expect(late.said).toMatch(/^HTTP\/1\.1 40[08] /)
    // Node looks once a second; without that it would be half a minute later. The rest is for a busy machine.
    expect(late.afterMs).toBeLessThan(29_000)
    expect((await ask({ origin }, routes.ready)).status).toBe(200)
    letGo()
  })

  test('headers of 8 KB, and a body of 16 KB', async () => {
    const origin = await runServe()
    const long = await fetch(origin + routes.ready, { headers: { 'x-long': 'x'.repeat(9000) } })
    expect(long.status).toBe(431)
    const large = await ask({ origin }, routes.login, { body: { padding: 'x'.repeat(17_000) } })
    expectWellFormed(large)
    expect(nameOf(large)).toBe('413 request_too_large')
    const inLimits = await ask({ origin }, routes.login, { body: { padding: 'x'.repeat(16_000) } })
    expect(nameOf(inLimits)).toBe('400 request_invalid')
  })

  test('whoever has got an answer, and sends on all the same, is cut off', async () => {
    const world = await openWorld()
    try {
      const head = `POST ${routes.login} HTTP/1.1\r\nHost: slow\r\nContent-Type: application/json\r\n`
      const { closed } = await openSlowClient(world.origin, `${head}Content-Length: 1000000\r\n\r\n{"`, 20)
      const { said } = await closed
      expect(said).toMatch(/^HTTP\/1\.1 413 /)
      expect(said).toContain('request_too_large')
    } finally {
      await world.close()
    }
  })
})
