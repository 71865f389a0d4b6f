// Reads better whole: the rounds of bound, one process and several, each on an empty database.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { generateKeyring, writeKeyring } from '@weapp-auth/server'
import { type Child, startChild } from '../child.ts'
import { commitNote, machineNote, syncMicros } from '../machine.ts'
import type { RunResult } from '../programs/load.ts'
import type { Usage } from '../usage.ts'
import { borrowServer, type DatabaseServer } from './borrow-server.ts'
import { databaseReport } from './database-report.ts'
import type { DatabaseKind } from './driver.ts'
import { type DatabaseScenario, databaseScenarios, type Measured } from './scenarios.ts'

interface Plan {
  readonly kind: DatabaseKind
  readonly users: number
  readonly seconds: number
  readonly connections: number
  readonly data: string
  readonly server: DatabaseServer
}

type Turn = Readonly<Record<DatabaseScenario, Measured>>

/** People of a second load begin here: both play on one database. */
const apart = 20_000_000

/**
 * `npm run bench -- --database postgres|mysql`: login, phone and me through HTTP on a real server with durable commits,
 * by one process and by `--processes` (default 2), beside the same statements from the bare driver. Answers the report.
 */
export async function benchDatabase(home: string, argv: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      database: { type: 'string', default: 'postgres' },
      processes: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '3' },
      users: { type: 'string', default: '2000' },
      seconds: { type: 'string', default: '5' },
      quick: { type: 'boolean' },
    },
  })
  const kind = readKind(values.database)
  const [rounds, users, seconds] = values.quick
    ? [1, 100, 1]
    : [values.rounds, values.users, values.seconds].map(Number)
  if (!rounds || !users || !seconds) throw new Error('"--rounds", "--users" and "--seconds" must be numbers above 0')
  const processes = Number(values.processes)
  const data = join(home, '.data', 'database')
  const server = await borrowServer(kind, join(home, '..'), data)
  const machine = machineNote({ server: null, load: null, stub: null }, syncMicros(join(data, 'sync')))
  const plan: Plan = { kind, users, seconds, connections: 16, data, server }
  const turns = new Map<string, Turn[]>()
  const add = (name: string, turn: Turn) => turns.set(name, [...(turns.get(name) ?? []), turn])
  try {
    for (let round = 0; round < rounds; round += 1) {
      add('bare driver, the same statements', await playBare(plan))
      add('weapp-auth, 1 process', await playServers(plan, 1))
      if (processes > 1) add(`weapp-auth, ${processes} processes`, await playServers(plan, processes))
      console.error(`· round ${round + 1} of ${rounds}`)
    }
  } finally {
    await server.stop()
  }
  const today = new Date().toISOString().slice(0, 10)
  const smoke = values.quick ? ' QUICK: a smoke test, not a measurement.' : ''
  const heading = `weapp-auth bench, ${today}${commitNote(home)}: on ${kind === 'mysql' ? 'MariaDB/MySQL' : 'Postgres'}, durable commits, ${plan.connections} connections a process, ${rounds} rounds, medians.${smoke}`
  const text = databaseReport({ heading, machine, turns })
  if (values.quick) return text
  mkdirSync(join(home, 'results'), { recursive: true })
  writeFileSync(join(home, 'results', `${today}-${kind}.txt`), text)
  return text
}

function readKind(text: string): DatabaseKind {
  if (text === 'postgres' || text === 'mysql') return text
  throw new Error('"--database" must be postgres or mysql')
}

async function playBare({ kind, users, connections, data, server }: Plan): Promise<Turn> {
  const [record, play] = [await server.openDatabase(), await server.openDatabase()]
  const child = await startChild({
    program: new URL('../programs/bare-driver.js', import.meta.url),
    args: [
      ...['--kind', kind, '--record', record.url, '--play', play.url],
      ...['--users', String(users), '--connections', String(connections)],
    ],
    core: null,
    log: join(data, 'bare-driver.log'),
  })
  try {
    return (await child.ask('play')) as Turn
  } finally {
    await child.stop()
    await Promise.all([record.close(), play.close()])
  }
}

async function playServers(
  { kind, users, seconds, connections, data, server }: Plan,
  processes: number,
): Promise<Turn> {
  const database = await server.openDatabase()
  const children: Child[] = []
  const start = async (program: URL, args: readonly string[] = []) => {
    const child = await startChild({ program, args, core: null, log: join(data, `${children.length}.log`) })
    children.push(child)
    return child
  }
  const keys = writeKeyring(generateKeyring())
  try {
    const stub = await start(new URL('../programs/wechat-stub.js', import.meta.url))
    const args = ['--kind', kind, '--url', database.url, '--keys', keys, '--connections', String(connections)]
    const upstream = ['--upstream', `http://127.0.0.1:${portOf(stub)}`]
    const pairs: Pair[] = []
    for (let index = 0; index < processes; index += 1) {
      const own = await start(new URL('../programs/ours-on-database.js', import.meta.url), [...args, ...upstream])
      const load = await start(new URL('../programs/load.js', import.meta.url))
      const people = { connections: 64 / processes, users: users / processes, withPhone: true }
      await load.ask('prepare', { port: portOf(own), firstSerial: index * apart, ...people })
      pairs.push({ own, load })
    }
    const turn = await runScenarios(pairs, seconds)
    await Promise.all(pairs.map(({ load }) => load.ask('verify')))
    return turn
  } finally {
    await Promise.all(children.map(child => child.stop()))
    await database.close()
  }
}

interface Pair {
  readonly own: Child
  readonly load: Child
}

async function runScenarios(pairs: readonly Pair[], seconds: number): Promise<Turn> {
  const measured: Partial<Record<DatabaseScenario, Measured>> = {}
  // Logins last: of the new people of that run the load reads a sample only, and could not speak for the others.
  for (const player of [...databaseScenarios].reverse()) {
    const run = (time: number) =>
      Promise.all(pairs.map(({ load }) => load.ask('run', { player, seconds: time }) as Promise<RunResult>))
    await run(seconds / 5)
    const before = await cpuOf(pairs)
    const results = await run(seconds)
    const micros = (await cpuOf(pairs)) - before
    const answers = results.reduce((sum, one) => sum + one.answers, 0)
    const perSecond = results.reduce((sum, one) => sum + one.answers / one.seconds, 0)
    measured[player] = { perSecond, cpuMicros: micros / answers }
  }
  return measured as Turn
}

async function cpuOf(pairs: readonly Pair[]): Promise<number> {
  const usages = (await Promise.all(pairs.map(({ own }) => own.ask('usage')))) as Usage[]
  return usages.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0)
}

const portOf = (child: Child): number => (child.ready as { readonly port: number }).port
