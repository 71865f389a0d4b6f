import { median, spread } from '../median.ts'
import { type GrowthCost, type Question, questions } from './questions.ts'

/** What one file of users came to. */
export interface GrowthRow {
  readonly users: number
  readonly bytes: number
  readonly rssBytes: number
  /** The largest tables with their indexes; `null` where counting would read too large a file. */
  readonly tables: readonly { readonly name: string; readonly bytes: number }[] | null
  readonly costs: Readonly<Record<Question, readonly GrowthCost[]>>
}

export interface GrowthReport {
  readonly heading: string
  readonly machine: string
  readonly rows: readonly GrowthRow[]
}

const goal = 1.5

/** The tables; `x` is against the first size. */
export function growthReport({ heading, machine, rows }: GrowthReport): string {
  return [
    heading,
    machine,
    '',
    legend,
    '',
    sizes(rows),
    ...rows.map(tablesOf),
    ...questions.map(one => table(one, rows)),
    '',
  ].join('\n')
}

const legend = [
  'Every user has logged in once and bound a number by the routes of the server; the codes of both are still kept, as on',
  'the day everybody came. A login finds the user by openid and writes session, login, session_key and code in one',
  'durable commit (FULL). x: CPU against the first size. Users are drawn at random, so a large file is read all over.',
].join('\n')

function sizes(rows: readonly GrowthRow[]): string {
  const lines = rows.map(({ users, bytes, rssBytes }) =>
    [
      mega(users).padStart(10),
      `${(bytes / 1e6).toFixed(1)} MB`.padStart(12),
      String(Math.round(bytes / users)).padStart(14),
      `${Math.round(rssBytes / 1e6)} MB`.padStart(10),
    ].join(''),
  )
  return ['     users        file    bytes a user       RSS', ...lines].join('\n')
}

function tablesOf({ users, tables }: GrowthRow): string {
  if (!tables) return `${mega(users)}: tables not counted`
  const each = tables.map(({ name, bytes }) => `${name} ${Math.round(bytes / users)}`)
  return `${mega(users)}: bytes a user by table, with its indexes: ${each.join(', ')}`
}

function table(question: Question, rows: readonly GrowthRow[]): string {
  const first = median(cpuOf(rows[0]?.costs[question] ?? []))
  const lines = rows.map(({ users, costs }) => {
    const cpu = cpuOf(costs[question])
    const wall = median(costs[question].map(({ wallMicros }) => wallMicros))
    const ratio = first === 0 ? 0 : median(cpu) / first
    const mark = ratio <= goal ? '' : `  missed: goal <= ${goal}`
    return `${mega(users).padStart(10)}${median(cpu).toFixed(1).padStart(10)}${wall.toFixed(1).padStart(10)}${ratio.toFixed(2).padStart(8)}${spread(cpu).toFixed(2).padStart(9)}${mark}`
  })
  return ['', question, '     users    CPU us   wall us       x   spread', ...lines].join('\n')
}

const cpuOf = (costs: readonly GrowthCost[]): readonly number[] => costs.map(({ cpuMicros }) => cpuMicros)

const mega = (users: number): string => (users >= 1_000_000 ? `${users / 1_000_000}m` : `${users / 1_000}k`)
