import { contestants } from './contestants.ts'
import { median, spread } from './median.ts'
import { tolerated } from './quiet-turn.ts'
import type { Turn } from './run-turn.ts'
import type { Goal, Scenario } from './scenarios.ts'

/** The medians of one contestant in one scenario. */
interface Row {
  readonly title: string
  readonly kind: 'bound' | 'ours' | 'naive'
  readonly perSecond: number
  readonly spread: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMicros: number
  readonly serverBusy: number
  readonly loadBusy: number
  readonly peakMb: number
}

const heads = ['', 'req/s', 'spread', 'of bound', 'x naive', 'p50 ms', 'p99 ms', 'CPU us', 'busy', 'RSS MB']

/** The table of one scenario with its goal beside what was measured. Pure: turns in, text out. */
export function scenarioReport(scenario: Scenario, turns: readonly Turn[], goal: Goal | null): string {
  const rows = contestants.flatMap(({ id, title, kind }) => {
    const own = turns.filter(turn => turn.contestant === id && turn.scenario === scenario.id)
    return own.length === 0 ? [] : [rowOf(title, kind, own)]
  })
  const bound = rows.find(row => row.kind === 'bound')
  const naive = bestOf(rows.filter(row => row.kind === 'naive'))
  const table = align([heads, ...rows.map(row => cells(row, bound, naive))])
  const lines = [scenario.title, ...table.map(line => `  ${line}`)]
  if (scenario.note) lines.push(`  ${scenario.note}`)
  if (rows.some(waits))
    lines.push('  * The server waited: its core was less than 90 % busy, so disk, WeChat or load was the limit.')
  const ours = rows.find(row => row.kind === 'ours')
  if (goal && ours) lines.push(`  ${goalLine(goal, ours, { bound, naive, other: oursIn(goal.asFastAs, turns) })}`)
  return lines.join('\n')
}

/** What weapp-auth did in another scenario. */
function oursIn(scenario: string | undefined, turns: readonly Turn[]): Row | undefined {
  const of = contestants.find(({ kind }) => kind === 'ours')
  const own = turns.filter(turn => turn.contestant === of?.id && turn.scenario === scenario)
  return of && own.length > 0 ? rowOf(of.title, of.kind, own) : undefined
}

function rowOf(title: string, kind: Row['kind'], turns: readonly Turn[]): Row {
  const of = (key: Exclude<keyof Turn, 'contestant' | 'scenario'>) => turns.map(turn => turn[key])
  return {
    title,
    kind,
    perSecond: median(of('perSecond')),
    spread: spread(of('perSecond')),
    p50Ms: median(of('p50Ms')),
    p99Ms: median(of('p99Ms')),
    cpuMicros: median(of('cpuMicros')),
    serverBusy: median(of('serverBusy')),
    loadBusy: median(of('loadBusy')),
    peakMb: Math.max(...of('peakBytes')) / 1_048_576,
  }
}

const bestOf = (rows: readonly Row[]): Row | undefined => [...rows].sort((a, b) => b.perSecond - a.perSecond)[0]

const waits = (row: Row): boolean => row.serverBusy < 0.9

function cells(row: Row, bound: Row | undefined, naive: Row | undefined): string[] {
  const { title, perSecond, p50Ms, p99Ms, cpuMicros, serverBusy, peakMb } = row
  return [
    title,
    count(perSecond),
    percent(row.spread),
    ratio(row, bound, 2),
    ratio(row, naive, 1),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    count(cpuMicros),
    `${percent(serverBusy)}${waits(row) ? '*' : ' '}`,
    count(peakMb),
  ]
}

interface Measures {
  readonly bound: Row | undefined
  readonly naive: Row | undefined
  readonly other: Row | undefined
}

function goalLine(goal: Goal, ours: Row, { bound, naive, other }: Measures): string {
  const wanted: string[] = []
  const measured: string[] = []
  const add = (goal: string, measure: string) => {
    wanted.push(goal)
    measured.push(measure)
  }
  if (goal.ofBound !== undefined)
    add(`>= ${goal.ofBound.toFixed(2)} of bound`, `${ratio(ours, bound, 2)} of bound${byCpu(ours, bound)}`)
  if (goal.timesNaive !== undefined) add(`>= ${goal.timesNaive} x best naive`, `${ratio(ours, naive, 1)} x best naive`)
  if (goal.asFastAs !== undefined)
    add(`>= ${goal.asFastAs}`, `${ratio(ours, other, 2)} x ${goal.asFastAs}${byCpu(ours, other)}`)
  if (goal.rssMb !== undefined) add(`RSS <= ${goal.rssMb} MB`, `RSS ${count(ours.peakMb)} MB`)
  return `goal ${wanted.join(', ')}: measured ${measured.join(', ')}`
}

function byCpu(ours: Row, to: Row | undefined): string {
  return to ? ` (${(to.cpuMicros / ours.cpuMicros).toFixed(2)} by CPU per request)` : ''
}

const ratio = (row: Row, to: Row | undefined, digits: number): string =>
  to ? (row.perSecond / to.perSecond).toFixed(digits) : '-'

const percent = (share: number): string => `${Math.round(share * 100)} %`

const count = (value: number): string => Math.round(value).toLocaleString('en-US')

/** The first column to the left, figures to the right. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = heads.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  )
}

/** How quiet the machine was: other programs distort requests per second, CPU per request hardly. */
export function quietnessNote(turns: readonly Turn[]): string {
  const shares = turns.map(turn => turn.othersBusy)
  const noisy = shares.filter(share => share > tolerated).length
  const figures = `other programs took ${percent(median(shares))} of a core in the median turn, ${percent(Math.max(0, ...shares))} in the worst`
  return noisy === 0
    ? figures
    : `${figures}; NOT QUIET in ${noisy} of ${turns.length} turns: trust CPU us more than req/s`
}
