import { afterAll, beforeAll, describe, test } from 'vitest'
import { flows } from './flows.ts'
import { asUsual, goThrough, type Promised } from './go-through.ts'
import { openRealWorld, type RealWorld } from './open-real-world.ts'
import { mariadb, postgres } from './services/databases.ts'
import type { PrivateServer } from './services/private-server.ts'

const kinds = await Promise.all([postgres, mariadb].map(async kind => ({ kind, server: await kind.start() })))
afterAll(async () => void (await Promise.all(kinds.map(({ server }) => server?.remove()))))

describe.each(kinds.filter(({ server }) => server))('$kind.name', { timeout: 60_000 }, ({ kind, server }) => {
  const { url } = server as PrivateServer
  const fail = (count: number) => kind.failNextChanges(url, count)
  let world: RealWorld
  beforeAll(async () => {
    world = await openRealWorld({ openStore: () => kind.openStore(url), rowsOf: sql => kind.rowsOf(url, sql) })
    await fail(0)
  }, 60_000)
  afterAll(() => world.close())

  test.each(flows)('F15: transactions meet three times, and nobody notices: $id', async flow => {
    const end = () => fail(0)
    await goThrough(world.newSite(), flow, { begin: () => fail(3), end, promised: asUsual })
  })

  test.each(flows)('F15: transactions meet without end, and it is told as busy: $id', async flow => {
    const again = flow.id === 'login' ? ['409 code_consumed'] : ['200']
    const promised: Promised = { answers: ['503 storage_busy'], again }
    const begin = () => fail(1_000_000)
    await goThrough(world.newSite(), flow, { begin, end: () => fail(0), promised, sessionsGoOn: false })
  })
})
