import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Attempt, flows } from './flows.ts'
import { nameOf } from './go-through.ts'
import { orphans } from './loose-ends.ts'
import { mariadb, postgres } from './services/databases.ts'
import type { PrivateServer } from './services/private-server.ts'
import { type Deployment, openDeployment, type ServeProcess } from './services/serve-process.ts'
import { expectDiscreet, expectWellFormed, type SiteAnswer } from './site.ts'

const kinds = await Promise.all([postgres, mariadb].map(async kind => ({ kind, server: await kind.start() })))
afterAll(async () => void (await Promise.all(kinds.map(({ server }) => server?.remove()))))

/** Repeats for as long as it is told to come back: what the dead one had begun is taken over after 15 seconds. */
async function insist(attempt: Attempt): Promise<SiteAnswer> {
  for (const until = Date.now() + 30_000; ; ) {
    const answer = await attempt.send()
    expectWellFormed(answer)
    if (answer.body.retry !== 'later' || Date.now() > until) return answer
    await new Promise(resolve => setTimeout(resolve, Number(answer.headers.get('retry-after') ?? 1) * 1000))
  }
}

const rounds = process.env.WEAPP_AUTH_LONG ? 20 : 1

describe.each(kinds.filter(({ server }) => server))(
  '$kind.name',
  { timeout: 60_000 * (rounds + 1) },
  ({ kind, server }) => {
    const { url } = server as PrivateServer
    let deployment: Deployment
    let [dying, living]: ServeProcess[] = []
    beforeAll(async () => {
      deployment = await openDeployment({ database: url, apps: flows.length * rounds })
      ;[dying, living] = [await deployment.start(), await deployment.start()]
    }, 120_000)
    afterAll(() => deployment.close())

    test.each(flows)(
      'F24: one of two instances is killed amidst a request, and the other one finishes it: $id',
      async flow => {
        for (let round = 0; round < rounds; round += 1) {
          let origin = dying?.origin ?? ''
          const site = deployment.newSite(() => origin)
          const attempt = await flow.begin(site)
          const answer = attempt.send().catch(() => null)
          for (let turns = Math.random() * 200; turns > 0; turns -= 1) await new Promise(setImmediate)
          await dying?.end('SIGKILL')
          const first = await answer
          if (first) expectWellFormed(first)
          origin = living?.origin ?? ''
          const again = await insist(attempt)
          // WeChat may have exchanged the code for the one that died: the client logs in again.
          expect(flow.id === 'login' ? ['200', '409 code_consumed'] : ['200']).toContain(nameOf(again))
          const found = await attempt.effect()
          if (again.status === 200 || first?.status === 200) expect(found).toBe('done')
          expectDiscreet(site)
          ;[dying, living] = [living, await deployment.start()]
        }
        for (const [what, query] of Object.entries(orphans))
          expect([what, await kind.rowsOf(url, query)]).toEqual([what, []])
      },
    )
  },
)
