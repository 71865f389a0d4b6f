import { median } from '../median.ts'
import { type DatabaseScenario, databaseScenarios, type Measured } from './scenarios.ts'

export interface DatabaseReport {
  readonly heading: string
  readonly machine: string
  /** By contestant; the first is what shares are counted from. */
  readonly turns: ReadonlyMap<string, readonly Readonly<Record<DatabaseScenario, Measured>>[]>
}

const titles: Readonly<Record<DatabaseScenario, string>> = {
  login: 'login: half new users, half returning ones',
  phoneChanged: 'phone by encryptedData: another number each time, written',
  me: 'me: token check and read of the user with the phone number',
}

export function databaseReport({ heading, machine, turns }: DatabaseReport): string {
  return [heading, machine, '', legend, ...databaseScenarios.map(one => table(one, turns)), ''].join('\n')
}

const legend = [
  'bare driver: one process that plays the recorded statements of such requests with the same pool, begins and commits, 64',
  'at once; no HTTP, no WeChat, no tokens, no sealing. CPU us: of the processes named, without the database, which shares',
  'the cores with everything else. of bound: requests per second. goals: 0.50 of the bound; two processes >= 1.6 x one,',
  'where there are cores for them. Every answer was checked.',
].join('\n')

function table(scenario: DatabaseScenario, turns: DatabaseReport['turns']): string {
  const rate = (name: string) => median((turns.get(name) ?? []).map(turn => turn[scenario].perSecond))
  const names = [...turns.keys()]
  const [bound = '', one = ''] = names
  const lines = names.map(name => {
    const cpu = median((turns.get(name) ?? []).map(turn => turn[scenario].cpuMicros))
    const cells = [String(Math.round(rate(name))).padStart(9), String(Math.round(cpu)).padStart(9)]
    const share = (rate(name) / rate(bound)).toFixed(2).padStart(11)
    const times = name === bound ? '' : (rate(name) / rate(one)).toFixed(2).padStart(10)
    return `${name.padEnd(34)}${cells.join('')}${share}${times}`
  })
  return ['', titles[scenario], `${''.padEnd(34)}    req/s   CPU us   of bound  x 1 proc.`, ...lines].join('\n')
}
