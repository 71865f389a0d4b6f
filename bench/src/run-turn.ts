import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Child, startChild } from './child.ts'
import type { Contestant } from './contestants.ts'
import { busyMicros, type Cores } from './machine.ts'
import type { RunResult, Tally } from './programs/load.ts'
import type { Flags } from './read-flags.ts'
import type { Scenario } from './scenarios.ts'
import type { Usage } from './usage.ts'

/** What one contestant did in one turn. */
export interface Turn {
  readonly contestant: string
  readonly scenario: string
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU microseconds of the server per request, all its threads. */
  readonly cpuMicros: number
  /** Share of one core that the server kept busy; below 0.9 something else was the limit. */
  readonly serverBusy: number
  /** The same of load and stub together. */
  readonly loadBusy: number
  /** Share of one core that other programs of the machine took meanwhile. */
  readonly othersBusy: number
  /** Largest resident memory of the server, bytes. */
  readonly peakBytes: number
}

/** Thrown when an answer was wrong: such a run proves nothing. */
export class RunVoid extends Error {
  override readonly name = 'RunVoid'
}

export interface TurnTools {
  readonly flags: Flags
  readonly cores: Cores
  /** Folder for the databases and logs of one turn; emptied before and after. */
  readonly folder: string
  /** Options of Node for the server, such as those of the profiler. */
  readonly nodeArgs?: readonly string[]
}

interface Cast {
  readonly server: Child
  readonly stub: Child
  readonly load: Child
}

/** One turn: everything started anew, people logged in, warmed up, measured, proved, stopped. */
export async function runTurn(contestant: Contestant, scenario: Scenario, tools: TurnTools): Promise<Turn> {
  rmSync(tools.folder, { recursive: true, force: true })
  mkdirSync(tools.folder, { recursive: true })
  const children: Child[] = []
  try {
    const cast = await startCast(contestant, scenario, tools, children)
    return { contestant: contestant.id, scenario: scenario.id, ...(await play(cast, scenario, tools)) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new RunVoid(
      `${contestant.title} in "${scenario.id}": ${reason}\n${logTail(join(tools.folder, 'server.log'))}`,
    )
  } finally {
    await Promise.all(children.map(child => child.stop()))
    rmSync(tools.folder, { recursive: true, force: true })
  }
}

const logTail = (file: string): string =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-8).join('\n') : ''

async function startCast(
  contestant: Contestant,
  scenario: Scenario,
  { flags, cores, folder, nodeArgs = [] }: TurnTools,
  children: Child[],
): Promise<Cast> {
  const start = async (options: Parameters<typeof startChild>[0]) => {
    const child = await startChild(options)
    children.push(child)
    return child
  }
  const stub = await start({
    program: new URL('./programs/wechat-stub.js', import.meta.url),
    args: ['--upstream-ms', String(flags.upstreamMs)],
    core: cores.stub,
    log: join(folder, 'stub.log'),
  })
  const upstream = ['--upstream', `http://127.0.0.1:${portOf(stub)}`]
  const pool = ['--pool', String(Math.max(64, flags.connections))]
  const server = await start({
    program: contestant.program,
    args: [
      ...upstream,
      ...pool,
      ...['--file', join(folder, 'data.sqlite')],
      ...['--variant', contestant.variant],
      ...(scenario.checkData ? ['--check-data'] : []),
    ],
    nodeArgs,
    core: cores.server,
    log: join(folder, 'server.log'),
  })
  const load = await start({
    program: new URL('./programs/load.js', import.meta.url),
    core: cores.load,
    log: join(folder, 'load.log'),
  })
  return { server, stub, load }
}

/** A turn in which everybody asks once would be over too soon with the people of the others. */
const peopleForOnceEach = 12

const portOf = (child: Child): number => (child.ready as { readonly port: number }).port

async function play(
  cast: Cast,
  { player, checkData = false, onceEach = false, withPhone = false }: Scenario,
  { flags }: TurnTools,
): Promise<Omit<Turn, 'contestant' | 'scenario'>> {
  const { server, load } = cast
  const users = onceEach ? flags.users * peopleForOnceEach : flags.users
  await load.ask('prepare', { port: portOf(server), connections: flags.connections, users, withPhone })
  const run = async (seconds: number, most?: number) =>
    (await load.ask('run', { player, seconds, most: onceEach ? most : undefined })) as RunResult
  const warm = await run(flags.warmSeconds, users / 4)
  await load.ask('tap', { player, count: Math.ceil((warm.answers / warm.seconds) * flags.seconds * 1.3) })

  const before = await readUsage(cast)
  const result = await run(flags.seconds, users - users / 4)
  const after = await readUsage(cast)

  await proveCalls(cast, checkData)
  const used = (name: 'server' | 'stub' | 'load') => after[name].cpuMicros - before[name].cpuMicros
  const wall = after.at - before.at
  const own = used('server') + used('stub') + used('load')
  return {
    perSecond: result.answers / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMicros: used('server') / result.answers,
    serverBusy: used('server') / wall,
    loadBusy: (used('stub') + used('load')) / wall,
    othersBusy: Math.max(0, after.busy - before.busy - own) / wall,
    peakBytes: after.server.peakBytes,
  }
}

async function readUsage({ server, stub, load }: Cast) {
  const ask = async (child: Child) => (await child.ask('usage')) as Usage
  const [at, busy] = [performance.now() * 1000, busyMicros()]
  return { at, busy, server: await ask(server), stub: await ask(stub), load: await ask(load) }
}

/** Nobody may win by not doing the work: WeChat must have been asked as often as answers were given. */
async function proveCalls({ load, stub }: Cast, checkData: boolean): Promise<void> {
  const tally = (await load.ask('verify')) as Tally
  const calls = (await stub.ask('calls')) as Record<string, number>
  const expected: Record<string, number> = {
    codeToSession: tally.login,
    phoneByCode: tally.phoneByCode,
    checkEncryptedData: checkData ? tally.phoneChanged : 0,
    refused: 0,
  }
  for (const [name, count] of Object.entries(expected)) {
    if (calls[name] !== count) throw new Error(`WeChat saw ${calls[name]} calls of ${name} for ${count} answers`)
  }
}
