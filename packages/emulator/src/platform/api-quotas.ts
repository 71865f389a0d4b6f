import type { EmulatorClock } from '../types.ts'
import { chinaDay, chinaMonth } from './china-time.ts'
import { type EndpointName, endpointNames } from './endpoint-paths.ts'
import type { Memory } from './memory.ts'

/** How often one app may call one API; `Infinity` for no limit. */
export interface ApiLimits {
  /** Beyond: errcode 45009. */
  readonly daily: number
  /** Beyond: errcode 45011. */
  readonly perMinute: number
}

export interface ApiUsage extends ApiLimits {
  /** Today, in China. */
  readonly used: number
}

/** What each app has called today and in this minute. */
export interface ApiQuotas {
  /** Takes one call; answers which limit stood in its way, if one did. */
  take(appId: string, api: EndpointName): 'taken' | 'no-more-today' | 'no-more-this-minute'
  usage(appId: string, api: EndpointName): ApiUsage
  /** Changes the limits, or how much of today is used. */
  set(appId: string, api: EndpointName, change: Partial<ApiUsage>): void
  /** Makes today's calls of every API undone; false when the ten times of this month are used up (errcode 48006). */
  clearAll(appId: string): boolean
  /** The same for one API, fifty times a month. */
  clearOne(appId: string, api: EndpointName): boolean
}

/** Documented: stable_token and resetusersessionkey. The others can be asked for with quota/get only, so this is a guess. */
const ELSE: ApiLimits = { daily: 5_000_000, perMinute: Number.POSITIVE_INFINITY }
const DOCUMENTED: Partial<Record<EndpointName, ApiLimits>> = {
  getStableAccessToken: { daily: 500_000, perMinute: 10_000 },
  resetUserSessionKey: { ...ELSE, perMinute: 60_000 },
}
const CLEARS_OF_ALL = 10
const CLEARS_OF_ONE = 50
const MINUTE_MS = 60_000

interface Counter {
  day: number
  used: number
  minute: number
  usedThisMinute: number
  limits: ApiLimits
}

interface ApiQuotasTools {
  readonly clock: EmulatorClock
  readonly memory: Memory
}

export function createApiQuotas({ clock, memory }: ApiQuotasTools): ApiQuotas {
  const { counters, clears } = memory.part('api-quotas', () => ({
    counters: new Map<string, Counter>(),
    clears: new Map<string, { month: string; count: number }>(),
  }))

  /** The counter of today and of this minute. */
  function counterOf(appId: string, api: EndpointName): Counter {
    const now = clock.now()
    const [day, minute] = [chinaDay(now), Math.floor(now / MINUTE_MS)]
    const name = `${api} ${appId}`
    const limits = DOCUMENTED[api] ?? ELSE
    const counter = counters.get(name) ?? { day, used: 0, minute, usedThisMinute: 0, limits }
    if (counter.day !== day) Object.assign(counter, { day, used: 0 })
    if (counter.minute !== minute) Object.assign(counter, { minute, usedThisMinute: 0 })
    counters.set(name, counter)
    return counter
  }

  function takeClear(kind: 'all' | 'one', appId: string, most: number): boolean {
    const month = chinaMonth(clock.now())
    const name = `${kind} ${appId}`
    const before = clears.get(name)
    const count = before?.month === month ? before.count : 0
    if (count >= most) return false
    clears.set(name, { month, count: count + 1 })
    return true
  }

  return {
    take(appId, api) {
      const counter = counterOf(appId, api)
      if (counter.used >= counter.limits.daily) return 'no-more-today'
      if (counter.usedThisMinute >= counter.limits.perMinute) return 'no-more-this-minute'
      counter.used += 1
      counter.usedThisMinute += 1
      return 'taken'
    },
    usage(appId, api) {
      const { limits, used } = counterOf(appId, api)
      return { ...limits, used }
    },
    set(appId, api, { used, ...limits }) {
      const counter = counterOf(appId, api)
      counter.limits = { ...counter.limits, ...limits }
      counter.used = used ?? counter.used
    },
    clearAll(appId) {
      if (!takeClear('all', appId, CLEARS_OF_ALL)) return false
      for (const api of endpointNames) counterOf(appId, api).used = 0
      return true
    },
    clearOne(appId, api) {
      if (!takeClear('one', appId, CLEARS_OF_ONE)) return false
      counterOf(appId, api).used = 0
      return true
    },
  }
}
