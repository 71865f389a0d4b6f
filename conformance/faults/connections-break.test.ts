import { routes, type TokenAnswer } from '@weapp-auth/protocol/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Flow, flows } from './flows.ts'
import { goThrough, nameOf, type Promised } from './go-through.ts'
import { openRealWorld, type RealWorld } from './open-real-world.ts'
import { lin, newNonce, type Visitor, visit } from './people.ts'
import { mariadb, postgres } from './services/databases.ts'
import type { PrivateServer } from './services/private-server.ts'
import { ask, expectDiscreet, expectWellFormed, type Site } from './site.ts'

const kinds = await Promise.all([postgres, mariadb].map(async kind => ({ kind, server: await kind.start() })))
afterAll(async () => void (await Promise.all(kinds.map(({ server }) => server?.remove()))))

const isLong = Boolean(process.env.WEAPP_AUTH_LONG)
const stormMs = isLong ? 60_000 : 4000
const killEveryMs = 200
const endingMs = 500

/** Does something again and again, from one end of it to the next beginning. */
function repeat(everyMs: number, work: () => Promise<unknown>) {
  let isOver = false
  async function run(): Promise<void> {
    while (!isOver) {
      await work()
      await new Promise(resolve => setTimeout(resolve, everyMs))
    }
  }
  const running = run()
  return {
    async stop() {
      isOver = true
      await running
    },
  }
}

const lost = '503 storage_failed'
/**
 * Whoever got no answer may have been recorded; a login's code is spent then. Of a phone number the claim may be recorded
 * without its outcome: then the same attempt is told to come a little later, until the claim is nobody's.
 */
const again = (id: Flow['id']) =>
  ['200'].concat(id === 'login' ? '409 code_consumed' : id.startsWith('phone-') ? '409 attempt_pending' : [])

describe.each(kinds.filter(({ server }) => server))(
  '$kind.name',
  { timeout: 60_000 + 2 * stormMs },
  ({ kind, server }) => {
    const { url } = server as PrivateServer
    let world: RealWorld
    beforeAll(async () => {
      world = await openRealWorld({ openStore: () => kind.openStore(url), rowsOf: sql => kind.rowsOf(url, sql) })
    }, 60_000)
    afterAll(() => world.close())

    test.each(flows)('F14: connections are ended while it runs: $id', async flow => {
      let killing: ReturnType<typeof repeat> | null = null
      // Of ciphertexts one user sends one at a time; a turn that could not be given back ends by itself.
      const fresh = flow.id === 'phone-data' ? ['200', '409 attempt_pending'] : ['200']
      const promised: Promised = { answers: ['200', lost], effect: 'either', again: again(flow.id), fresh }
      await goThrough(world.newSite(), flow, {
        begin() {
          killing = repeat(0, () => kind.killConnections(url))
        },
        async end() {
          await killing?.stop()
          // The database was told to end a connection, which it does a little later.
          await new Promise(resolve => setTimeout(resolve, endingMs))
        },
        promised,
        sessionsGoOn: false,
        restart: () => world.restart(),
      })
    })

    test('F14: connections are ended every 200 ms under load: no session is lost, and every refusal may be repeated', async () => {
      const counts = { answered: 0, refused: 0 }
      let isOver = false
      /** One session, refreshed and used without a pause; a refusal is repeated as a client does, with the same nonce. */
      async function live(site: Site, visitor: Visitor): Promise<void> {
        let { refreshToken, accessToken } = visitor
        while (!isOver) {
          const body = { refreshToken, nonce: newNonce() }
          const { tokens } = await insist<TokenAnswer>(site, routes.token, { body })
          ;({ refreshToken, accessToken } = tokens)
          await insist(site, routes.me, { token: accessToken })
        }
      }
      async function insist<T>(site: Site, path: string, asked: Parameters<typeof ask>[2]): Promise<T> {
        for (let tries = 0; ; tries += 1) {
          const answer = await ask(site, path, asked)
          expectWellFormed(answer)
          if (answer.status === 200) {
            counts.answered += 1
            return answer.body as T
          }
          counts.refused += 1
          expect(nameOf(answer)).toBe(lost)
          expect(tries).toBeLessThan(20)
        }
      }
      const sites = Array.from({ length: 12 }, () => world.newSite())
      const visitors = await Promise.all(sites.map(async site => [site, await visit(site, lin)] as const))
      const lives = visitors.map(([site, visitor]) => live(site, visitor))
      let kills = 0
      const killing = repeat(killEveryMs, async () => {
        kills += await kind.killConnections(url)
      })
      await new Promise(resolve => setTimeout(resolve, stormMs))
      isOver = true
      await killing.stop()
      await Promise.all(lives)
      const [site] = sites as [Site]
      expect(await site.looseEnds()).toEqual([])
      expectDiscreet(site)
      expect(kills).toBeGreaterThan(10)
      expect(counts.answered).toBeGreaterThan(50)
      const { answered, refused } = counts
      process.stderr.write(
        `\n${kind.name}: ${kills} connections were ended; ${answered} answers, ${refused} refusals\n`,
      )
    })
  },
)
