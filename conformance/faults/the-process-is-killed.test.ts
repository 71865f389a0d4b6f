import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { type Attempt, type Flow, flows } from './flows.ts'
import { orphans } from './loose-ends.ts'
import { openDeployment } from './services/serve-process.ts'
import { expectDiscreet, type Site } from './site.ts'

const kills = process.env.WEAPP_AUTH_LONG ? 500 : 20
/** One request of a flow, and whether it was acknowledged. */
interface Sent {
  readonly id: Flow['id']
  readonly site: Site
  readonly attempt: Attempt
  isAcknowledged: boolean
}

/** Sends all, and kills when some of them, nobody knows how many, have been answered; or a moment later. */
async function killAmidst(sent: readonly Sent[], kill: () => Promise<unknown>): Promise<void> {
  let patience = Math.floor(Math.random() * (sent.length + 1))
  let enough = () => {}
  const isEnough = new Promise<void>(resolve => {
    enough = resolve
  })
  if (patience === 0) enough()
  const answers = sent.map(async one => {
    const answer = await one.attempt.send().catch(() => null)
    one.isAcknowledged = answer?.status === 200
    patience -= 1
    if (patience <= 0) enough()
  })
  await isEnough
  for (let turns = Math.random() * 20; turns > 0; turns -= 1) await new Promise(setImmediate)
  await kill()
  await Promise.all(answers)
}

/** What the file holds, read before anybody starts again: sound, and without half of anything. */
function expectSound(file: string): void {
  const database = new Database(file)
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(database.pragma('foreign_key_check')).toEqual([])
  for (const [what, query] of Object.entries(orphans)) expect([what, database.prepare(query).all()]).toEqual([what, []])
  database.close()
}

/** P1 and P2: all of what was acknowledged is there, and of the rest all or nothing. */
async function expectKept({ id, attempt, isAcknowledged }: Sent): Promise<void> {
  const found = await attempt.effect()
  if (isAcknowledged) expect([id, found]).toEqual([id, 'done'])
}

test('F18: the process is killed while clients write: login, phone-code, phone-data, refresh, revoke-event, admin-erase', {
  timeout: 120_000 + kills * 10_000,
}, async () => {
  const deployment = await openDeployment({ apps: kills * flows.length })
  const starts: number[] = []
  const all: Sent[] = []
  let running = await deployment.start()
  for (let kill = 0; kill < kills; kill += 1) {
    const sent = await Promise.all(
      flows.map(async (flow): Promise<Sent> => {
        const site = deployment.newSite(() => running.origin)
        return { id: flow.id, site, attempt: await flow.begin(site), isAcknowledged: false }
      }),
    )
    await killAmidst(sent, () => running.end('SIGKILL'))
    expectSound(join(deployment.folder, 'weapp-auth.sqlite'))
    running = await deployment.start()
    starts.push(running.startMs)
    // What was pushed is work for later.
    for (const one of sent) if (one.id !== 'revoke-event') await expectKept(one)
    all.push(...sent)
  }
  await all[0]?.site.settle()
  for (const one of all) if (one.id === 'revoke-event') await expectKept(one)
  for (const { site } of all.slice(-1)) expectDiscreet(site)
  await deployment.close()
  const acknowledged = all.filter(one => one.isAcknowledged).length
  // Some kills came too early and some too late, or they proved nothing.
  expect(acknowledged).toBeGreaterThan(0)
  expect(acknowledged).toBeLessThan(all.length)
  const [slowest, median] = [Math.max(...starts), starts.sort((a, b) => a - b)[Math.floor(starts.length / 2)] ?? 0]
  process.stderr.write(
    `\nSQLite: ${kills} kills, ${acknowledged} of ${all.length} requests acknowledged, 0 lost; start ${Math.round(median)} ms (slowest ${Math.round(slowest)} ms)\n`,
  )
})
