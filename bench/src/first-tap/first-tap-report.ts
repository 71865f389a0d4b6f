import { assumptions } from './assumptions.ts'
import type { Outcome } from './measure.ts'
import { strategies } from './strategies/index.ts'
import { type Broken, boundOf, brokenIn, type Row, rowsOf } from './summary.ts'
import { type TimelineClass, timelineClasses } from './timeline.ts'

const heads = ['', 'first tap', 'taps', 'p99', 'never', 'wrong', 'silent', 'upstream', 'paid']

/** All tables. Pure: outcomes in, text out. */
export function firstTapReport(outcomes: readonly Outcome[]): string {
  const tables = assumptions.map(({ id, title }) => {
    const own = outcomes.filter(({ assumption }) => assumption === id)
    return tableOf(`session_key replaced ${title.en}`, own)
  })
  return [
    legend,
    '',
    tableOf('all assumptions together', outcomes),
    '',
    ...tables.flatMap(table => [table, '']),
    classTable(outcomes),
    '',
    verdict(brokenIn(outcomes)),
    '',
  ].join('\n')
}

const legend = [
  'first tap: users whose number was bound with the first tap they agreed to. taps, p99: of those who got there, at most 5.',
  'never: users who gave up. Per 1,000 users: wrong: sentences that were not so; silent: taps after which the page said nothing;',
  'upstream: calls of WeChat without access_token; paid: sheets that WeChat charges for. bound: what a player who knows the',
  'future reaches without believing ciphertexts that WeChat did not confirm.',
].join('\n')

function tableOf(title: string, outcomes: readonly Outcome[]): string {
  const rows = rowsOf(outcomes).map(row => [titleOf(row.id), ...cells(row)])
  const bound = ['bound', percent(boundOf(outcomes)), ...heads.slice(2).map(() => '')]
  return [`${title} (${outcomes.length} plays each)`, ...indented([heads, bound, ...rows])].join('\n')
}

function cells(row: Row): string[] {
  return [
    percent(row.firstTap),
    row.never === 1 ? '-' : row.meanTaps.toFixed(2),
    row.never === 1 ? '-' : `${row.p99Taps}`,
    percent(row.never),
    whole(row.wrongWords),
    whole(row.silentTaps),
    whole(row.upstreamCalls),
    whole(row.paidCalls),
  ]
}

/** First-tap success of everybody in each class of timelines; one timeline may be of several. */
function classTable(outcomes: readonly Outcome[]): string {
  const names = Object.keys(timelineClasses) as TimelineClass[]
  const rows = names.flatMap(name => {
    const own = outcomes.filter(({ classes }) => classes.includes(name))
    if (own.length === 0) return []
    const each = rowsOf(own).map(({ firstTap }) => percent(firstTap))
    return [[timelineClasses[name].en, whole(own.length), percent(boundOf(own)), ...each]]
  })
  const heads = ['', 'plays', 'bound', ...strategies.map(({ id }) => id)]
  return ['first tap by what happens, all assumptions together', ...indented([heads, ...rows])].join('\n')
}

function verdict({ lost, lostToUnconfirmed, paidTwice, wrong, impossible }: Broken): string {
  const places = (found: readonly Outcome[]) =>
    found.length === 0 ? 'none' : `${found.length}: ${found.slice(0, 8).map(placeOf).join(', ')}`
  return [
    `timelines that somebody won with the first tap and weapp-auth did not: ${places(lost)}`,
    `the same, won by believing a ciphertext that WeChat could not confirm: ${places(lostToUnconfirmed)}`,
    `timelines in which weapp-auth let a user pay twice for one agreement: ${places(paidTwice)}`,
    `timelines in which weapp-auth said what was not so: ${places(wrong)}`,
    `timelines that were won although the bound says it cannot be: ${places(impossible)}`,
  ].join('\n')
}

const placeOf = ({ number, assumption }: Outcome): string => `${number}/${assumption}`

const titleOf = (id: string): string => strategies.find(one => one.id === id)?.title.en ?? id

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const whole = (value: number): string => Math.round(value).toLocaleString('en-US')

/** The first column to the left, figures to the right. */
function indented(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)
  return rows.map(row => `  ${row.map(pad).join('  ').trimEnd()}`)
}
