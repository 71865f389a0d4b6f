import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Child, startChild } from '../child.ts'
import type { Phase, Shot } from '../load/open-loop.ts'
import { assignCores, commitNote, machineNote, syncMicros } from '../machine.ts'
import type { RunResult } from '../programs/load.ts'
import { recoverySeconds, summarize } from './summary.ts'

const players = ['login', 'me'] as const
/** More than the server has places for work in one turn, as many as a proxy in front may open. */
const openConnections = 1024
const goalMs = 30

/**
 * `npm run bench -- --overload`: measures the most that login and me can do (closed loop), and then asks for half of it,
 * for all, for three times and for half again, at fixed times however the server fares. Answers the report; a whole run
 * is kept in bench/results.
 */
export async function benchOverload(home: string, argv: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...argv],
    options: { overload: { type: 'boolean' }, quick: { type: 'boolean' }, seconds: { type: 'string', default: '20' } },
  })
  const seconds = values.quick ? 2 : Number(values.seconds)
  const folder = join(home, '.data', 'overload')
  const lines: string[] = []
  for (const player of players) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    lines.push(...(await play(player, seconds, folder)), '')
    console.error(`· ${player}`)
  }
  const machine = machineNote(assignCores(), syncMicros(join(folder, 'sync')))
  rmSync(folder, { recursive: true, force: true })
  const today = new Date().toISOString().slice(0, 10)
  const smoke = values.quick ? ' QUICK: a smoke test, not a measurement.' : ''
  const heading = `weapp-auth bench, ${today}${commitNote(home)}: overload.${smoke} Open loop, ${openConnections} connections, ${seconds} s each.`
  const text = [heading, machine, legend, '', ...lines].join('\n')
  if (values.quick) return text
  mkdirSync(join(home, 'results'), { recursive: true })
  writeFileSync(join(home, 'results', `${today}-overload.txt`), text)
  return text
}

const legend =
  'served: answers 200 a second while the phase lasted. p50, p99: of the served, from when a request was due. shed: share that got 503, and the p99 of those.'

async function play(player: (typeof players)[number], seconds: number, folder: string): Promise<readonly string[]> {
  const cores = assignCores()
  const children: Child[] = []
  const start = async (name: string, core: number | null, args: readonly string[] = []) => {
    const program = new URL(`../programs/${name}.js`, import.meta.url)
    const child = await startChild({ program, args, core, log: join(folder, `${name}.log`) })
    children.push(child)
    return child
  }
  const portOf = ({ ready }: Child) => (ready as { readonly port: number }).port
  try {
    const stub = await start('wechat-stub', cores.stub)
    const upstream = ['--upstream', `http://127.0.0.1:${portOf(stub)}`, '--file', join(folder, `${player}.sqlite`)]
    const server = await start('ours', cores.server, upstream)
    const load = await start('load', cores.load)
    await load.ask('prepare', { port: portOf(server), connections: 64, users: 1024, withPhone: player === 'me' })
    await load.ask('run', { player, seconds: Math.min(2, seconds) })
    const { perSecond: most } = perSecondOf(
      (await load.ask('run', { player, seconds: Math.min(5, seconds) })) as RunResult,
    )
    const phases = [0.5, 1, 3, 0.5].map((times): Phase => ({ perSecond: most * times, seconds }))
    const shots = (await load.ask('open', { player, phases, connections: openConnections })) as readonly Shot[]
    return report(player, most, phases, shots)
  } finally {
    await Promise.all(children.map(child => child.stop()))
  }
}

const perSecondOf = ({ answers, seconds }: RunResult) => ({ perSecond: answers / seconds })

function report(player: string, most: number, phases: readonly Phase[], shots: readonly Shot[]): readonly string[] {
  const results = summarize(phases, shots)
  const rows = results.map(({ goodput, servedP50Ms, servedP99Ms, shedP99Ms, shed, failed }, index) => {
    const times = (phases[index]?.perSecond ?? 0) / most
    return [
      `  ${times.toFixed(1)} x`,
      `served ${Math.round(goodput)}/s (${Math.round((goodput / most) * 100)} %)`,
      `p50 ${servedP50Ms.toFixed(1)} ms, p99 ${servedP99Ms.toFixed(1)} ms`,
      `shed ${Math.round(shed * 100)} % (p99 ${shedP99Ms.toFixed(1)} ms), failed ${failed}`,
    ].join('   ')
  })
  const endOfOverload = phases.slice(0, 3).reduce((sum, { seconds }) => sum + seconds * 1000, 0)
  const lost = shots.filter(({ status }) => status === 0).length
  return [
    `${player}: at most ${Math.round(most)}/s with 64 users (closed loop)`,
    ...rows,
    `  recovered ${recoverySeconds(shots, endOfOverload, goalMs).toFixed(1)} s after the overload; ${lost} requests without an answer`,
    `  goal p99 <= ${goalMs} ms at 0.5 x, >= 80 % served at 3.0 x, recovered <= 5 s`,
  ]
}
