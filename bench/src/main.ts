/** `npm run bench`: weapp-auth beside a hand-tuned bound and the naive servers, interleaved in one run. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { benchHotPaths } from './bench-hot-paths.ts'
import { type Contestant, contestants } from './contestants.ts'
import { benchDatabase } from './database/bench-database.ts'
import { benchEmulator } from './emulator/bench-emulator.ts'
import { benchFirstTap } from './first-tap/bench-first-tap.ts'
import { benchGrowth } from './growth/bench-growth.ts'
import { benchIncident } from './incident/bench-incident.ts'
import { assignCores, commitNote, machineNote, syncMicros } from './machine.ts'
import { benchOverload } from './overload/bench-overload.ts'
import { profileOurs } from './profile-ours.ts'
import { quietTurn } from './quiet-turn.ts'
import { FlagProblem, type Flags, readFlags } from './read-flags.ts'
import { quietnessNote, scenarioReport } from './report.ts'
import { RunVoid, runTurn, type Turn } from './run-turn.ts'
import { type Scenario, scenarios, slowUpstreamGoal } from './scenarios.ts'
import { benchSoak, SoakBroken } from './soak/bench-soak.ts'
import { benchStart } from './start/bench-start.ts'

const home = join(dirname(fileURLToPath(import.meta.url)), '..')
const data = join(home, '.data')

/** Benches of their own, each with flags of its own. */
const others = {
  'first-tap': benchFirstTap,
  emulator: benchEmulator,
  growth: benchGrowth,
  soak: benchSoak,
  start: benchStart,
  'hot-paths': benchHotPaths,
  database: benchDatabase,
  overload: benchOverload,
  incident: benchIncident,
}

async function main(): Promise<void> {
  const other = Object.entries(others).find(([name]) => process.argv.includes(`--${name}`))
  if (other) return print(await other[1](home, process.argv.slice(2)))
  const flags = readFlags(process.argv.slice(2))
  const cores = assignCores()
  mkdirSync(data, { recursive: true })
  const machine = machineNote(cores, syncMicros(join(data, 'sync')))
  const tools = { flags, cores, folder: join(data, 'turn') }
  if (flags.profile) return print(await profileOurs(chosen(flags, scenarios), tools, join(data, 'profiles')))

  const turns: Turn[] = []
  const reports: string[] = []
  for (const scenario of chosenScenarios(flags)) {
    for (let round = 0; round < flags.rounds; round++) {
      for (const contestant of contestantsOf(flags, scenario)) {
        const play = () => runTurn(contestant, scenario, tools)
        const turn = flags.patient ? await quietTurn(play) : await play()
        turns.push(turn)
        progress(`${scenario.id} ${round + 1}/${flags.rounds} ${contestant.id}: ${Math.round(turn.perSecond)}/s`)
      }
    }
    const report = scenarioReport(scenario, turns, goalOf(flags, scenario))
    reports.push(report)
    print(`\n${report}`)
  }
  finish(flags, [heading(flags), machine, quietnessNote(turns), '', legend, '', reports.join('\n\n'), ''].join('\n'))
}

/** Those that `--only` names, or all where it names none of this kind. */
function chosen<T extends { readonly id: string }>({ only }: Flags, all: readonly T[]): readonly T[] {
  const named = all.filter(({ id }) => only?.includes(id))
  return named.length > 0 ? named : all
}

/** A slow WeChat is a question about login alone. */
function chosenScenarios(flags: Flags): readonly Scenario[] {
  const all: readonly Scenario[] = scenarios
  return chosen(flags, flags.upstreamMs > 0 ? all.filter(({ id }) => id === 'login') : all)
}

function contestantsOf(flags: Flags, scenario: Scenario): readonly Contestant[] {
  const all: readonly Contestant[] = contestants
  const takesPart = ({ kind, only = scenario.id }: Contestant) =>
    only === scenario.id && (kind === 'ours' || !(scenario.oursOnly || (scenario.withoutNaive && kind === 'naive')))
  return chosen(flags, all).filter(takesPart)
}

function goalOf({ upstreamMs }: Flags, scenario: Scenario) {
  return upstreamMs > 0 && scenario.id === 'login' ? slowUpstreamGoal : scenario.goal
}

function heading({ rounds, seconds, connections, upstreamMs, quick }: Flags): string {
  const what = upstreamMs > 0 ? `WeChat answers after ${upstreamMs} ms` : 'login and phone'
  const smoke = quick ? ' QUICK: a smoke test, not a measurement.' : ''
  return `weapp-auth bench, ${today()}${commitNote(home)}: ${what}.${smoke} ${rounds} rounds of ${seconds} s, ${connections} users at once (closed loop), medians.`
}

const legend = [
  'of bound: requests per second against the first row. x naive: against the best naive server. busy: share of its one core.',
  'CPU us: of the server per request, all its threads. RSS: the largest of all rounds. spread: (most - least) / median.',
  'FULL: a commit is on the disk before the answer leaves (SQLite synchronous=FULL). Every answer was checked.',
].join('\n')

const today = (): string => new Date().toISOString().slice(0, 10)

/** Only a whole run is worth keeping. */
function finish(flags: Flags, text: string) {
  if (flags.quick || flags.only) return print(`\n${text.split('\n\n')[0]}`)
  const name = flags.upstreamMs > 0 ? `login-with-wechat-at-${flags.upstreamMs}-ms` : 'login-and-phone'
  mkdirSync(join(home, 'results'), { recursive: true })
  writeFileSync(join(home, 'results', `${today()}-${name}.txt`), text)
  print(`\n${text}\nwritten to bench/results/${today()}-${name}.txt`)
}

const print = (text: string) => console.log(text)
const progress = (text: string): void => console.error(`· ${text}`)

main()
  .catch((error: unknown) => {
    const foreseen = error instanceof FlagProblem || error instanceof RunVoid || error instanceof SoakBroken
    if (!foreseen) throw error
    console.error(`${error.name}: ${error.message}`)
    process.exitCode = error instanceof FlagProblem ? 64 : 1
  })
  .finally(() => rmSync(join(data, 'turn'), { recursive: true, force: true }))
