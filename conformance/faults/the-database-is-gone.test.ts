import { routes } from '@weapp-auth/protocol/contract'
import { createTokenVerifier } from '@weapp-auth/server/verify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Attempt, type Flow, flows } from './flows.ts'
import { goThrough, nameOf, type Promised } from './go-through.ts'
import { issuer, openRealWorld, type RealWorld } from './open-real-world.ts'
import { mo, visit } from './people.ts'
import { mariadb, postgres } from './services/databases.ts'
import { type Link, openLink } from './services/open-link.ts'
import type { PrivateServer } from './services/private-server.ts'
import { ask, expectWellFormed, type Site } from './site.ts'

const kinds = await Promise.all([postgres, mariadb].map(async kind => ({ kind, server: await kind.start() })))
afterAll(async () => void (await Promise.all(kinds.map(({ server }) => server?.remove()))))

/** WeChat has exchanged the code by then, so the client logs in again, of which nobody notices anything. */
const again = (id: Flow['id']) => (id === 'login' ? ['409 code_consumed'] : ['200'])
const recoveredMs: number[] = []

const readiness = async (site: Pick<Site, 'origin'>) => nameOf(await ask(site, routes.ready))

async function expectRecovery(site: Site): Promise<void> {
  const startedAt = performance.now()
  await expect.poll(() => readiness(site), { interval: 20, timeout: 5000 }).toBe('200')
  recoveredMs.push(performance.now() - startedAt)
}

/** What is signed can be verified without any database. */
async function expectVerified(site: Site, token: string): Promise<void> {
  const verifier = createTokenVerifier({ issuer, jwks: site.origin + routes.jwks })
  expect((await verifier.verify(token)).status).toBe('valid')
}

describe.each(kinds.filter(({ server }) => server))('$kind.name', { timeout: 60_000 }, ({ kind, server }) => {
  const database = server as PrivateServer
  let world: RealWorld
  let link: Link
  beforeAll(async () => {
    link = await openLink(database.url)
    world = await openRealWorld({
      openStore: () => kind.openStore(link.url),
      rowsOf: sql => kind.rowsOf(database.url, sql),
    })
  }, 60_000)
  afterAll(async () => {
    await world.close()
    await link.close()
    process.stderr.write(`\n${kind.name}: the server was back ${recoveredMs.map(Math.round).join(', ')} ms after it\n`)
    recoveredMs.length = 0
  })

  test.each(flows)('F13: it is stopped and started again: $id', async flow => {
    const site = world.newSite()
    const { accessToken } = await visit(site, mo)
    const promised: Promised = { answers: ['503 storage_failed'], again: again(flow.id) }
    let sentAt = 0
    await goThrough(site, flow, {
      async begin() {
        await database.crash()
        sentAt = performance.now()
      },
      async during() {
        expect(performance.now() - sentAt).toBeLessThan(1000)
        expect(await readiness(site)).toBe('503 storage_failed')
        await expectVerified(site, accessToken)
      },
      async end() {
        await database.start()
        await expectRecovery(site)
      },
      promised,
      sessionsGoOn: false,
    })
  })

  test('F13: a host that is cut off from it says so within three seconds, and refuses at once until it is back', async () => {
    const attempts: (Attempt & { id: Flow['id'] })[] = []
    const sites = flows.map(() => world.newSite())
    for (const [at, flow] of flows.entries()) attempts.push({ id: flow.id, ...(await flow.begin(sites[at] as Site)) })
    const [site] = sites as [Site]
    link.cut()
    const cutAt = performance.now()
    const answers = await Promise.all([...attempts.map(attempt => attempt.send()), ask(site, routes.ready)])
    expect(performance.now() - cutAt).toBeLessThan(3500)
    for (const answer of answers) {
      expectWellFormed(answer)
      expect(nameOf(answer)).toBe('503 storage_failed')
    }
    const askedAt = performance.now()
    expect(await readiness(site)).toBe('503 storage_failed')
    expect(performance.now() - askedAt).toBeLessThan(500)
    link.heal()
    await expectRecovery(site)
    for (const attempt of attempts) {
      const answer = await attempt.send()
      expect([...again(attempt.id), '200']).toContain(nameOf(answer))
      if (answer.status === 200) expect(await attempt.effect()).toBe('done')
    }
    expect(await site.looseEnds()).toEqual([])
  })
})
