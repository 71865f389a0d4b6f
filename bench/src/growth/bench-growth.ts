import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Child, startChild } from '../child.ts'
import { assignCores, commitNote, machineNote, syncMicros } from '../machine.ts'
import { openUsers } from '../on-disk/open-users.ts'
import { type GrowthRow, growthReport } from './growth-report.ts'
import { type GrowthCost, type Question, questions } from './questions.ts'
import { createSampler } from './sample-users.ts'

interface Size {
  readonly users: number
  readonly store: Child
  readonly sampler: ReturnType<typeof createSampler>
  readonly costs: Record<Question, GrowthCost[]>
}

/**
 * `npm run bench -- --growth 1k,1m,10m`: what a login and each look-up cost the SQLite store as its users grow, all
 * sizes in turns within one run. Answers the report; a run with a million or more is kept in bench/results.
 */
export async function benchGrowth(home: string, argv: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      growth: { type: 'boolean' },
      rounds: { type: 'string', default: '7' },
      calls: { type: 'string', default: '4096' },
    },
  })
  const sizes = (positionals[0] ?? '1k,1m,10m').split(',').map(readSize)
  const [rounds, calls] = [Number(values.rounds), Number(values.calls)]
  const data = join(home, '.data')
  mkdirSync(data, { recursive: true })
  const core = assignCores().server
  const machine = machineNote(assignCores(), syncMicros(join(data, 'sync')))

  const opened: Size[] = []
  for (const users of sizes) opened.push(await openSize(data, users, core))
  // The first round warms up and does not count.
  for (let round = 0; round <= rounds; round += 1) await playRound(opened, calls, round > 0)
  const rows: GrowthRow[] = []
  for (const size of opened) rows.push(await closeSize(size))

  const today = new Date().toISOString().slice(0, 10)
  const heading = `weapp-auth bench, ${today}${commitNote(home)}: growth of the SQLite store. ${rounds} rounds of ${calls} calls, 64 at once, medians.`
  const text = growthReport({ heading, machine, rows })
  if (Math.max(...sizes) < 1_000_000) return text
  mkdirSync(join(home, 'results'), { recursive: true })
  writeFileSync(join(home, 'results', `${today}-growth.txt`), text)
  return text
}

function readSize(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([km]?)$/i.exec(text) ?? []
  const size = Number(digits) * ({ '': 1, k: 1_000, m: 1_000_000 }[unit.toLowerCase()] ?? Number.NaN)
  if (size >= 1_000 && size <= 20_000_000) return size
  throw new Error('"--growth" must be sizes from 1k to 20m, such as 1k,1m,10m')
}

async function openSize(data: string, users: number, core: number | null): Promise<Size> {
  const { file } = await openUsers(data, users)
  const program = new URL('../programs/growth-store.js', import.meta.url)
  const store = await startChild({ program, args: ['--file', file], core, log: join(data, 'users', 'growth.log') })
  const costs = Object.fromEntries(questions.map(question => [question, []])) as unknown as Size['costs']
  return { users, store, sampler: createSampler(file), costs }
}

async function playRound(sizes: readonly Size[], calls: number, counts: boolean): Promise<void> {
  for (const question of questions) {
    for (const { store, sampler, costs } of sizes) {
      const cost = (await store.ask('play', { question, users: sampler.take(calls) })) as GrowthCost
      if (counts) costs[question].push(cost)
    }
  }
}

async function closeSize({ users, store, sampler, costs }: Size): Promise<GrowthRow> {
  const rssBytes = (await store.ask('rss')) as number
  const bytes = sampler.bytes()
  const tables = users > 1_000_000 ? null : sampler.largestTables()
  sampler.close()
  await store.ask('close')
  await store.stop()
  return { users, bytes, rssBytes, tables, costs }
}
