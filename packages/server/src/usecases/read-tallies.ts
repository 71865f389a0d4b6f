import type {
  ClientFunnel,
  ConsentCount,
  ConsentCountsAnswer,
  CostAnswer,
  Funnel,
  FunnelAnswer,
  LatencyAnswer,
  LatencyTable,
} from '@weapp-auth/protocol/contract'
import { consentScopes } from '@weapp-auth/protocol/contract'
import type { Apps } from '../domain/app-policy.ts'
import { beijingDay } from '../domain/beijing-day.ts'
import { type LatencyCounts, latencyFigures } from '../domain/latency.ts'
import { longestPeriod, type WholePeriod, wholePeriod } from '../domain/period.ts'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { Clock } from '../ports/clock.ts'
import type { Tally, TallyStore } from '../ports/tally-store.ts'

export interface ReadTalliesTools {
  readonly store: TallyStore
  readonly apps: Apps
  /** Yuan for one number. */
  readonly price: number
  readonly clock: Clock
}

/** Which time, of which app: ISO 8601; without `from` the last 24 hours, without `app` all of them. */
export interface PeriodQuery {
  readonly from?: string
  readonly to?: string
  readonly app?: string
}

/** What was counted, for operators. Each throws ProblemError request_invalid for a time that cannot be told. */
export interface ReadTallies {
  funnel(query: PeriodQuery): Promise<FunnelAnswer>
  cost(query: PeriodQuery): Promise<CostAnswer>
  consents(query: PeriodQuery): Promise<ConsentCountsAnswer>
  latency(query: PeriodQuery): Promise<LatencyAnswer>
}

const day = 24 * 3_600_000

export function createReadTallies({ store, apps, price, clock }: ReadTalliesTools): ReadTallies {
  function periodOf({ from, to }: PeriodQuery): WholePeriod {
    // The hour that begins just now is among them.
    const until = to === undefined ? clock.now() + 1 : Date.parse(to)
    const since = from === undefined ? until - day : Date.parse(from)
    if (since >= until) throw wrong('from', 'must be before "to"')
    if (until - since > longestPeriod) throw wrong('from', 'must be at most 400 days before "to"')
    return wholePeriod({ from: since, to: until }, clock.now())
  }

  async function read(query: PeriodQuery, kind: 'counts' | 'times' = 'counts') {
    const period = periodOf(query)
    const { unit, from, to } = period
    const tallies = await store.talliesOf({ ...period, appId: query.app ?? null, kind })
    return { tallies, period, told: { unit, from: isoTime(from), to: isoTime(to) } }
  }

  const yuan = (numbers: number) => Math.round(numbers * price * 10_000) / 10_000

  return {
    async funnel(query) {
      const { tallies, told } = await read(query)
      const steps = [...groupBy(tallies, ({ at }) => at)].map(([at, own]) => ({ at: isoTime(at), ...funnelOf(own) }))
      return { ...told, total: funnelOf(tallies), steps }
    },

    async cost(query) {
      const { tallies, period, told } = await read(query)
      const { until } = beijingDay(clock.now())
      const since = { unit: 'day', from: until - day, to: until, appId: query.app ?? null, kind: 'counts' } as const
      const today = groupBy(await store.talliesOf(since), ({ appId }) => appId)
      const byApp = groupBy(tallies, ({ appId }) => appId)
      const named = query.app === undefined ? [...apps.keys()] : [query.app]
      const counts = countsOf(tallies)
      // What has not passed yet cannot have cost anything.
      const passed = Math.max(Math.min(period.to, clock.now()) - period.from, 1)
      return {
        ...told,
        price,
        paidPhones: counts.paidPhones,
        messages: counts.messages,
        amount: yuan(counts.paidPhones),
        monthly: yuan((counts.paidPhones * 30 * day) / passed),
        apps: [...new Set([...named, ...byApp.keys()])].sort().map(appId => {
          const own = countsOf(byApp.get(appId) ?? [])
          const { phoneBudget: budget = null } = apps.get(appId) ?? {}
          return {
            appId,
            ...own,
            amount: yuan(own.paidPhones),
            today: countsOf(today.get(appId) ?? []).paidPhones,
            budget,
          }
        }),
        steps: [...groupBy(tallies, ({ at }) => at)].map(([at, own]) => ({ at: isoTime(at), ...countsOf(own) })),
      }
    },

    async consents(query) {
      const { tallies, told } = await read(query)
      const rows = new Map<string, ConsentCount>()
      for (const { appId, name, count } of tallies) {
        const [kind, scopeName, status, version = null] = name.split(' ')
        const scope = consentScopes.find(one => one === scopeName)
        if (kind !== 'consent' || scope === undefined) continue
        const place = JSON.stringify([appId, scope, version])
        const row = rows.get(place) ?? { appId, scope, version, given: 0, withdrawn: 0 }
        const [given, withdrawn] = status === 'given' ? [count, 0] : [0, count]
        rows.set(place, { ...row, given: row.given + given, withdrawn: row.withdrawn + withdrawn })
      }
      const consents = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
      return { ...told, consents }
    },

    async latency(query) {
      const { tallies, told } = await read(query, 'times')
      const steps = [...groupBy(tallies, ({ at }) => at)].map(([at, own]) => ({ at: isoTime(at), ...latencyOf(own) }))
      return { ...told, total: latencyOf(tallies), steps }
    },
  }
}

function wrong(field: string, rule: string): ProblemError {
  return new ProblemError('request_invalid', { field, detail: `"${field}" ${rule}` })
}

function sumOf(tallies: readonly Tally[], name: string): number {
  return tallies.reduce((sum, tally) => (tally.name === name ? sum + tally.count : sum), 0)
}

/** Sums of what begins with this word, by the words behind it. */
function sumsOf(tallies: readonly Tally[], word: string): Readonly<Record<string, number>> {
  const begin = `${word} `
  const sums = new Map<string, number>()
  for (const { name, count } of tallies) {
    if (!name.startsWith(begin)) continue
    const rest = name.slice(begin.length)
    sums.set(rest, (sums.get(rest) ?? 0) + count)
  }
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function funnelOf(tallies: readonly Tally[]): Funnel {
  const client = clientFunnelOf(sumsOf(tallies, 'client'))
  return {
    logins: sumOf(tallies, 'login'),
    newUsers: sumOf(tallies, 'user-new'),
    loginsRefused: sumsOf(tallies, 'login-refused'),
    phones: sumsOf(tallies, 'phone'),
    phonesRefused: sumsOf(tallies, 'phone-refused'),
    wechat: sumsOf(tallies, 'wechat'),
    tokensRenewed: sumOf(tallies, 'token-renewed'),
    tokensLost: sumOf(tallies, 'token-lost'),
    ...(client && { client }),
  }
}

/** `null`: no phone has told anything. */
function clientFunnelOf(sums: Readonly<Record<string, number>>): ClientFunnel | null {
  const { shown = 0, tapped = 0, agreed = 0, bound = 0, firstTapped = 0, firstBound = 0, ...declined } = sums
  if (Object.keys(sums).length === 0) return null
  // Two phones' reports may come an hour apart, so a step can have more than the one before it.
  const share = Math.min(Math.round((firstBound / firstTapped) * 10_000) / 10_000, 1)
  const firstTapShare = firstTapped === 0 ? null : share
  return { shown, tapped, agreed, declined, bound, firstTapped, firstBound, firstTapShare }
}

/** Names are `time own POST /v1/login 7` and `time wechat codeToSession 19`; the last word is the bucket. */
function latencyOf(tallies: readonly Tally[]): { readonly own: LatencyTable; readonly wechat: LatencyTable } {
  const of = (side: 'own' | 'wechat'): LatencyTable => {
    const counts = new Map<string, Map<number, number>>()
    for (const [rest, count] of Object.entries(sumsOf(tallies, `time ${side}`))) {
      const end = rest.lastIndexOf(' ')
      const [what, bucket] = [rest.slice(0, end), Number(rest.slice(end + 1))]
      counts.set(what, (counts.get(what) ?? new Map<number, number>()).set(bucket, count))
    }
    return Object.fromEntries([...counts].map(([what, one]: [string, LatencyCounts]) => [what, latencyFigures(one)]))
  }
  return { own: of('own'), wechat: of('wechat') }
}

function countsOf(tallies: readonly Tally[]) {
  return { paidPhones: sumOf(tallies, 'phone-paid'), messages: sumOf(tallies, 'sms') }
}

function groupBy<K>(tallies: readonly Tally[], keyOf: (tally: Tally) => K): ReadonlyMap<K, readonly Tally[]> {
  const groups = new Map<K, Tally[]>()
  for (const tally of tallies) {
    const group = groups.get(keyOf(tally))
    if (group) group.push(tally)
    else groups.set(keyOf(tally), [tally])
  }
  return groups
}
