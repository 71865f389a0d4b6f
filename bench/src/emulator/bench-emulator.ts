import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Child, startChild } from '../child.ts'
import { closedLoop } from '../load/closed-loop.ts'
import { assignCores, commitNote, machineNote, syncMicros } from '../machine.ts'
import { median } from '../median.ts'
import type { Usage } from '../usage.ts'
import { type ApiRow, emulatorReport } from './emulator-report.ts'

const CONNECTIONS = 16

interface Ready {
  readonly port: number
  readonly apis: readonly string[]
  readonly peopleBytes: number
}

/** One API on one server: what a request cost. */
interface Played {
  readonly perSecond: number
  readonly cpuMicros: number
}

/**
 * `npm run bench -- --emulator`: every server API of the emulator, with many people, beside a bare `node:http` stub that
 * gets the very same requests, in turns. Each request is played once and every answer must be a success. Answers the
 * report; a whole run is kept in bench/results.
 */
export async function benchEmulator(home: string, argv: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      emulator: { type: 'boolean' },
      quick: { type: 'boolean' },
      people: { type: 'string', default: '100000' },
    },
  })
  const people = values.quick ? 1000 : Number(values.people)
  const plan = values.quick ? { rounds: 1, requests: 200 } : { rounds: 3, requests: 5000 }
  const data = join(home, '.data')
  mkdirSync(data, { recursive: true })
  const cores = assignCores()
  const machine = machineNote(cores, syncMicros(join(data, 'sync')))

  const start = (name: string, program: URL, args: readonly string[] = []) =>
    startChild({
      program,
      args,
      nodeArgs: ['--expose-gc'],
      core: cores.server,
      log: join(data, `${name}.log`),
    })
  const programs = {
    emulator: new URL('../programs/emulator.js', import.meta.url),
    stub: new URL('../programs/bare-http.js', import.meta.url),
  }
  const emulator = await start('emulator', programs.emulator, ['--people', String(people)])
  const stub = await start('bare-http', programs.stub)
  const { apis, peopleBytes } = emulator.ready as Ready
  const rows: ApiRow[] = []
  for (const api of apis) {
    rows.push(await playApi(api, { emulator, stub, ...plan }))
    console.error(`· ${api}`)
  }
  const loggedInBytes = (await emulator.ask('everybodyLogsIn')) as number
  await Promise.all([emulator.stop(), stub.stop()])

  const memory = { people, peopleBytes, loggedInBytes }
  const today = new Date().toISOString().slice(0, 10)
  const heading = `weapp-auth bench, ${today}${commitNote(home)}: the emulator.${values.quick ? ' QUICK: a smoke test, not a measurement.' : ''}`
  const text = emulatorReport({ heading, machine, rows, memory, connections: CONNECTIONS, ...plan })
  if (values.quick) return text
  mkdirSync(join(home, 'results'), { recursive: true })
  writeFileSync(join(home, 'results', `${today}-emulator.txt`), text)
  return text
}

interface PlayTools {
  readonly emulator: Child
  readonly stub: Child
  readonly rounds: number
  readonly requests: number
}

async function playApi(api: string, { emulator, stub, rounds, requests }: PlayTools): Promise<ApiRow> {
  const ours: Played[] = []
  const bare: Played[] = []
  // The first round warms both up and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    const bytes = (await emulator.ask('requests', { api, count: requests })) as readonly string[]
    const turns = [await play(emulator, bytes), await play(stub, bytes)] as const
    if (round === 0) continue
    ours.push(turns[0])
    bare.push(turns[1])
  }
  const middle = (played: readonly Played[]) => ({
    perSecond: median(played.map(one => one.perSecond)),
    cpuMicros: median(played.map(one => one.cpuMicros)),
  })
  return { api, emulator: middle(ours), stub: middle(bare) }
}

async function play(child: Child, requests: readonly string[]): Promise<Played> {
  const { port } = child.ready as Ready
  const before = (await child.ask('usage')) as Usage
  let sent = 0
  const { answers, seconds } = await closedLoop(port, CONNECTIONS, () => {
    const bytes = requests[sent++]
    return bytes === undefined ? null : { bytes, wrong }
  })
  const after = (await child.ask('usage')) as Usage
  return { perSecond: answers / seconds, cpuMicros: (after.cpuMicros - before.cpuMicros) / answers }
}

function wrong({ errcode = 0 }: { readonly errcode?: number }): string | null {
  return errcode === 0 ? null : `errcode ${errcode}`
}
