import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { contestants } from './contestants.ts'
import { runTurn, type TurnTools } from './run-turn.ts'
import type { Scenario } from './scenarios.ts'

interface Frame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
}

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: Frame
    readonly children?: readonly number[]
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

/**
 * Shares of the time the process was not idle: by package, by function, and by function of ours with all that it calls
 * before it waits. What Node and native code spend is counted to the function that called them: nobody can tune
 * `node:crypto`, but a caller can call it less.
 */
function summary({ nodes, samples, timeDeltas }: CpuProfile): string {
  const stacks = stacksOf(nodes)
  const [packages, alone, inclusive] = [new Tally(), new Tally(), new Tally()]
  let total = 0
  for (const [index, id] of samples.entries()) {
    const stack = stacks.get(id) ?? []
    const own = stack.at(-1)
    const micros = timeDeltas[index] ?? 0
    if (!own || ['(idle)', '(program)', '(root)'].includes(own.functionName)) continue
    total += micros
    const places = stack.filter(frame => !isNode(frame)).map(placeOf)
    const owner = places.at(-1) ?? placeOf(own)
    packages.add(owner.group, micros)
    alone.add(owner.label, micros)
    for (const label of new Set(places.filter(place => place.isOurs).map(place => place.label)))
      inclusive.add(label, micros)
  }
  return [
    ...packages.top(12, total),
    '  by function, Node and native code counted to the caller:',
    ...alone.top(20, total),
    '  by function of ours, with all that it calls before it waits:',
    ...inclusive.top(30, total),
  ].join('\n')
}

class Tally {
  readonly #sums = new Map<string, number>()

  add(name: string, micros: number): void {
    this.#sums.set(name, (this.#sums.get(name) ?? 0) + micros)
  }

  top(count: number, total: number): string[] {
    const largest = [...this.#sums].sort((a, b) => b[1] - a[1]).slice(0, count)
    return largest.map(([name, micros]) => `  ${((micros / total) * 100).toFixed(1).padStart(5)} %  ${name}`)
  }
}

const isNode = ({ url }: Frame): boolean => url === '' || url.startsWith('node:')

/** For each node of the profile its frames, outermost first. */
function stacksOf(nodes: CpuProfile['nodes']): Map<number, readonly Frame[]> {
  const stacks = new Map<number, readonly Frame[]>()
  const byId = new Map(nodes.map(node => [node.id, node]))
  const visit = (id: number, above: readonly Frame[]) => {
    const node = byId.get(id)
    if (!node) return
    const stack = [...above, node.callFrame]
    stacks.set(id, stack)
    for (const child of node.children ?? []) visit(child, stack)
  }
  if (nodes[0]) visit(nodes[0].id, [])
  return stacks
}

interface Place {
  readonly group: string
  readonly label: string
  readonly isOurs: boolean
}

/** The package that a frame belongs to, and the file within it: never a path of this machine. */
function placeOf({ functionName, url, lineNumber }: Frame): Place {
  const place = (group: string, file: string, isOurs = false): Place => ({
    group,
    label: `${functionName || '(anonymous)'}  ${file}:${lineNumber + 1}`,
    isOurs,
  })
  if (url === '')
    return functionName === '(garbage collector)' ? place('garbage collector', 'native') : place('native', 'native')
  if (url.startsWith('node:')) return place('node', url)
  const [, name, file] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)$/.exec(url) ?? []
  if (name) return place(name, `${name}/${file}`)
  const [, own, inOwn] = /^.*\/(packages\/[^/]+|bench)\/(.*)$/.exec(url) ?? []
  return own ? place(own, `${own}/${inOwn}`, own !== 'bench') : place('other', url.replace(/^.*\//, ''))
}
