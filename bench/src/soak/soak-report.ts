import type { Paced } from './open-loop.ts'
import { growthOf, type Holdings, percent, type SoakLimits, type SoakSample } from './soak-verdict.ts'

export interface SoakReport {
  readonly heading: string
  readonly minutes: number
  readonly users: number
  readonly rate: number
  readonly samples: readonly SoakSample[]
  readonly before: Holdings
  readonly after: Holdings
  readonly limits: SoakLimits
  readonly paced: Paced
  /** Requests that were refused as too many and came again. */
  readonly shed: number
  readonly counts: Readonly<Record<string, number>>
  readonly newcomers: number
  readonly broken: readonly string[]
}

/** The whole story of a soak. */
export function soakReport(soak: SoakReport): string {
  const { heading, minutes, users, rate, samples, before, after, limits, paced, shed, counts, broken } = soak
  const grew = (what: 'rss' | 'heap') => percent(growthOf(samples, limits.settleSeconds, what))
  const acts = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
  return [
    `weapp-auth soak, ${heading}: ${minutes} minutes at ${rate} turns a second on ${users} users (SQLite, FULL), Node ${process.version}.`,
    `${paced.turns} turns, ${paced.skipped} not begun because the machine was too busy, ${shed} requests shed and repeated: ${acts.join(', ')}.`,
    'Every answer was checked; jobs every second, sweeps every ten seconds.',
    '',
    '  second     RSS MB    heap MB   descriptors   handles',
    ...everyNth(samples).map(line),
    '',
    `growth after second ${limits.settleSeconds} (limit ${percent(limits.growth)}): RSS ${grew('rss')}, heap ${grew('heap')}`,
    `descriptors at rest: ${before.descriptors} before, ${after.descriptors} after; handles: ${handles(before)} before, ${handles(after)} after`,
    broken.length === 0 ? 'No wrong answer, nothing leaked, the store is consistent.' : 'BROKEN:',
    ...broken.map(one => `- ${one}`),
    '',
  ].join('\n')
}

const everyNth = (samples: readonly SoakSample[]): readonly SoakSample[] => {
  const step = Math.ceil(samples.length / 20)
  return samples.filter((_, index) => index % step === 0 || index === samples.length - 1)
}

function line(sample: SoakSample): string {
  const mega = (bytes: number) => (bytes / 1e6).toFixed(1)
  return [
    String(sample.second).padStart(8),
    mega(sample.rss).padStart(11),
    mega(sample.heap).padStart(11),
    String(sample.descriptors).padStart(14),
    String(handles(sample)).padStart(10),
  ].join('')
}

const handles = ({ resources }: Holdings): number => Object.values(resources).reduce((sum, count) => sum + count, 0)
