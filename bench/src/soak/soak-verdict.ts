import { median } from '../median.ts'

/** What the server's process holds at one moment, after a garbage collection. */
export interface Holdings {
  readonly rss: number
  /** Heap of JavaScript and what hangs on it outside. */
  readonly heap: number
  /** `process.getActiveResourcesInfo`, counted by name. */
  readonly resources: Readonly<Record<string, number>>
  readonly descriptors: number
}

export interface SoakSample extends Holdings {
  readonly second: number
}

export interface SoakLimits {
  /** When caches are full and growth begins to count. */
  readonly settleSeconds: number
  /** Share by which memory may have grown since. */
  readonly growth: number
}

/** Growth of memory from the settling to the end: medians of a fifth of the time between, at either side. */
export function growthOf(samples: readonly SoakSample[], settleSeconds: number, what: 'rss' | 'heap'): number {
  const counted = samples.filter(({ second }) => second >= settleSeconds)
  const part = Math.max(1, Math.ceil(counted.length / 5))
  const first = median(counted.slice(0, part).map(sample => sample[what]))
  const last = median(counted.slice(-part).map(sample => sample[what]))
  return first === 0 ? Number.POSITIVE_INFINITY : last / first - 1
}

/** Everything that must not be, as sentences; none when the soak holds. */
export function soakVerdict(
  samples: readonly SoakSample[],
  quiet: { readonly before: Holdings; readonly after: Holdings },
  { settleSeconds, growth }: SoakLimits,
): readonly string[] {
  const grown = (['rss', 'heap'] as const).flatMap(what => {
    const share = growthOf(samples, settleSeconds, what)
    return share < growth
      ? []
      : [`${what} grew by ${percent(share)} after second ${settleSeconds}; limit ${percent(growth)}`]
  })
  const { before, after } = quiet
  const leaked = Object.entries(after.resources)
    .filter(([name, count]) => count > (before.resources[name] ?? 0))
    .map(([name, count]) => `${count} ${name} are open, ${before.resources[name] ?? 0} before the load`)
  const files =
    after.descriptors > before.descriptors
      ? [`${after.descriptors} file descriptors are open, ${before.descriptors} before the load`]
      : []
  return [...grown, ...leaked, ...files]
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
