import { routes } from '@weapp-auth/protocol/contract'
import type { Apps } from '../domain/app-policy.ts'
import { beijingDay } from '../domain/beijing-day.ts'
import { latencyBucket, latencyBuckets } from '../domain/latency.ts'
import type { Clock } from '../ports/clock.ts'
import type { Tally, TallyStore } from '../ports/tally-store.ts'

export interface KeepLatenciesTools {
  readonly store: TallyStore
  readonly apps: Pick<Apps, 'has'>
  readonly clock: Clock
}

/** Counts how long things take, in memory, and writes the sums down once a minute. */
export interface KeepLatencies {
  /** An answer of ours; `appId`: that the request named, known or not, if it did. */
  own(request: Timed & { readonly method: string; readonly route: string }): void
  /** One request to WeChat. */
  wechat(request: Timed & { readonly api: string }): void
  /**
   * Writes what was counted, in one step, when a minute has passed since the last time or it must be now. What the store
   * cannot take is kept for the next time.
   */
  flush(when?: 'now'): Promise<void>
}

interface Timed {
  readonly appId?: string
  readonly durationMs: number
}

const hour = 3_600_000
const day = 24 * hour
const everyMs = 60_000
/** What the store calls no app. */
const noApp = '-'
/** Of all routes, calls and apps of an hour, more than there are; beyond it nothing is counted. */
const mostNames = 5000
const methods = /^(GET|POST|PUT|PATCH|DELETE)$/
/** What balancers and monitors ask every second would be most of the table. */
const uncounted: ReadonlySet<string> = new Set([routes.health, routes.ready, routes.metrics])

export function createKeepLatencies({ store, apps, clock }: KeepLatenciesTools): KeepLatencies {
  let counts = new Map<string, Uint32Array>()
  let writtenAt = clock.now()

  function add(appId: string | undefined, name: string, durationMs: number): void {
    // What nobody serves, or what names no app, is told of all apps together.
    const place = `${Math.floor(clock.now() / hour)} ${appId !== undefined && apps.has(appId) ? appId : noApp} ${name}`
    let buckets = counts.get(place)
    if (!buckets) {
      if (counts.size >= mostNames) return
      buckets = new Uint32Array(latencyBuckets)
      counts.set(place, buckets)
    }
    const bucket = latencyBucket(durationMs)
    buckets[bucket] = (buckets[bucket] ?? 0) + 1
  }

  return {
    own({ method, route, appId, durationMs }) {
      if (!methods.test(method) || !route.startsWith('/') || uncounted.has(route) || route.startsWith('/admin/')) return
      add(appId, `own ${method} ${route.slice(0, 96)}`, durationMs)
    },
    wechat({ api, appId, durationMs }) {
      add(appId, `wechat ${api}`, durationMs)
    },
    async flush(when) {
      if (counts.size === 0 || (when !== 'now' && clock.now() - writtenAt < everyMs)) return
      const taken = counts
      counts = new Map()
      writtenAt = clock.now()
      try {
        await store.addTallies(talliesOf(taken))
      } catch (error) {
        for (const [place, buckets] of taken) {
          const meanwhile = counts.get(place)
          counts.set(place, meanwhile ? buckets.map((count, bucket) => count + (meanwhile[bucket] ?? 0)) : buckets)
        }
        throw error
      }
    },
  }
}

/** One row for each bucket, hour and day of Beijing, in one order: two processes do not wait for each other in a circle. */
function talliesOf(counts: ReadonlyMap<string, Uint32Array>): readonly Tally[] {
  const tallies = new Map<string, Tally>()
  for (const [place, buckets] of counts) {
    const [hours = '', appId = '', ...name] = place.split(' ')
    const at = Number(hours) * hour
    for (const [bucket, count] of buckets.entries()) {
      if (count === 0) continue
      const row = { appId, name: `time ${name.join(' ')} ${bucket}` }
      for (const [unit, begin] of [
        ['day', beijingDay(at).until - day],
        ['hour', at],
      ] as const) {
        const key = `${unit} ${begin} ${appId} ${row.name}`
        tallies.set(key, { ...row, unit, at: begin, count: count + (tallies.get(key)?.count ?? 0) })
      }
    }
  }
  return [...tallies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tally]) => tally)
}
