import type { AlarmsAnswer, OperatorAlarm } from '@weapp-auth/protocol/contract'
import type { Apps } from '../domain/app-policy.ts'
import { beijingDay } from '../domain/beijing-day.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { TallyStore } from '../ports/tally-store.ts'
import type { WechatFollower } from '../ports/wechat-platform.ts'

export interface ReadAlarmsTools {
  readonly store: TallyStore
  readonly apps: Apps
  readonly clock: Clock
}

/** What operators should look at now. */
export interface ReadAlarms {
  readonly note: Observe
  readonly breaker: NonNullable<WechatFollower['breaker']>
  /** Of all processes what is counted, of this one what it sees itself. Throws StorageFault. */
  alarms(): Promise<AlarmsAnswer>
}

const hour = 3_600_000
const day = 24 * hour
/** Of its budget, from which on a day is told; as `budget-alarm`. */
const budgetShare = 0.8

export function createReadAlarms({ store, apps, clock }: ReadAlarmsTools): ReadAlarms {
  const away = new Set<string>()
  let skew: { readonly at: number; readonly aheadMs: number } | null = null

  async function countsOf(unit: 'hour' | 'day', from: number, name: string): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>()
    const to = clock.now() + 1
    for (const row of await store.talliesOf({ unit, from, to, appId: null, kind: 'counts' }))
      if (row.name === name) counts.set(row.appId, (counts.get(row.appId) ?? 0) + row.count)
    return counts
  }

  return {
    note(event) {
      if (event.type === 'clock-skew') skew = { at: clock.now(), aheadMs: event.aheadMs }
    },
    breaker({ appId, state }) {
      if (state === 'open') away.add(appId)
      else away.delete(appId)
    },
    async alarms() {
      const now = clock.now()
      const lost = await countsOf('hour', Math.floor((now - day) / hour) * hour, 'token-lost')
      const paid = await countsOf('day', beijingDay(now).until - day, 'phone-paid')
      const alarms: OperatorAlarm[] = [...away].map(appId => ({ kind: 'wechat-away', appId }))
      for (const [appId, count] of lost) alarms.push({ kind: 'token-lost', appId, count })
      for (const [appId, { phoneBudget: budget }] of apps) {
        const used = paid.get(appId) ?? 0
        // With 0 nobody should have any: that is no news.
        if (budget !== null && budget > 0 && used >= budget * budgetShare)
          alarms.push({ kind: 'budget', appId, used, budget })
      }
      if (skew && now - skew.at < hour) alarms.push({ kind: 'clock-skew', aheadMs: skew.aheadMs })
      return { alarms }
    },
  }
}
