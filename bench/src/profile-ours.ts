import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { contestants } from './contestants.ts'
import { runTurn, type TurnTools } from './run-turn.ts'
import type { Scenario } from './scenarios.ts'

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Runs weapp-auth alone under Node's CPU profiler and tells where the time went, scenario by scenario. */
export async function profileOurs(scenarios: readonly Scenario[], tools: TurnTools, folder: string): Promise<string> {
  const ours = contestants.find(({ kind }) => kind === 'ours')
  if (!ours) throw new Error('weapp-auth does not take part')
  const parts: string[] = []
  for (const scenario of scenarios) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const turn = await runTurn(ours, scenario, { ...tools, nodeArgs: ['--cpu-prof', '--cpu-prof-dir', folder] })
    const rate = `${Math.round(turn.perSecond)}/s, ${Math.round(turn.cpuMicros)} us of CPU a request, profiler included`
    parts.push(`${scenario.id} (${rate})\n${summary(readProfile(folder))}`)
  }
  return parts.join('\n\n')
}

function readProfile(folder: string): CpuProfile {
  const [file] = readdirSync(folder).filter(name => name.endsWith('.cpuprofile'))
  if (file === undefined) throw new Error('the server left no profile')
  return JSON.parse(readFileSync(join(folder, file), 'utf8'))
}

/** Self time by package and by function, as shares of the time the process was not idle. */
function summary(profile: CpuProfile): string {
  const places = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
  const functions = new Map<string, number>()
  const packages = new Map<string, number>()
  let total = 0
  for (const [index, id] of profile.samples.entries()) {
    const frame = places.get(id)
    const micros = profile.timeDeltas[index] ?? 0
    if (!frame || frame.functionName === '(idle)' || frame.functionName === '(program)') continue
    total += micros
    const place = placeOf(frame.url)
    add(packages, place.name, micros)
    add(functions, `${frame.functionName || '(anonymous)'}  ${place.file}:${frame.lineNumber + 1}`, micros)
  }
  const top = (map: Map<string, number>, count: number) =>
    [...map]
      .sort((a, b) => b[1] - a[1])
      .slice(0, count)
      .map(([name, micros]) => `  ${((micros / total) * 100).toFixed(1).padStart(5)} %  ${name}`)
  return [...top(packages, 12), '', ...top(functions, 30)].join('\n')
}

const add = (map: Map<string, number>, name: string, micros: number): void => {
  map.set(name, (map.get(name) ?? 0) + micros)
}

/** The package that a file belongs to, and the file within it: never a path of this machine. */
function placeOf(url: string): { readonly name: string; readonly file: string } {
  if (url === '') return { name: 'native code and garbage collector', file: 'native' }
  if (url.startsWith('node:')) return { name: 'node', file: url }
  const module = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)$/.exec(url)
  if (module) return { name: module[1] ?? '', file: `${module[1]}/${module[2]}` }
  const own = /^.*\/(packages\/[^/]+|bench)\/(.*)$/.exec(url)
  return own ? { name: own[1] ?? '', file: `${own[1]}/${own[2]}` } : { name: 'other', file: url.replace(/^.*\//, '') }
}
