import {
  type AppPushAnswer,
  type AppPushTestAnswer,
  type PushArrival,
  routes,
  type Sentence,
} from '@weapp-auth/protocol/contract'
import type { Apps } from '../domain/app-policy.ts'
import { appChecks } from '../domain/limits.ts'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError, RateLimited } from '../domain/problem-error.ts'
import type { Clock } from '../ports/clock.ts'
import type { Limiter } from '../ports/limiter.ts'
import type { Observe } from '../ports/observer.ts'
import type { ReceivePush } from './receive-push.ts'

/** Lets an emulator push to the app once; `null` when it does not serve this app. */
export type TestPush = (appId: string) => Promise<{ readonly accepted: boolean; readonly text: Sentence } | null>

export interface WatchPushesTools {
  readonly apps: Apps
  readonly issuer: string
  readonly testPush: TestPush | null
  readonly limiter: Limiter
  readonly clock: Clock
}

/** What WeChat pushed lately, for operators who set it up. Each process remembers what came to itself. */
export interface WatchPushes {
  readonly note: Observe
  /** The same door; what comes for the check of the URL is noted. */
  watch(door: ReceivePush): ReceivePush
  /** The newest first; throws ProblemError app_unknown. */
  read(appId: string): AppPushAnswer
  /** Throws ProblemError app_unknown; RateLimited beyond ten in ten minutes. */
  test(appId: string): Promise<AppPushTestAnswer>
}

const remembered = 5

export function createWatchPushes({ apps, issuer, testPush, limiter, clock }: WatchPushesTools): WatchPushes {
  const arrivals = new Map<string, readonly PushArrival[]>()

  function add(appId: string, arrival: Omit<PushArrival, 'at'>): void {
    // Only apps that are served, so that strangers fill no memory.
    if (!apps.has(appId)) return
    const mine = { at: isoTime(clock.now()), ...arrival }
    arrivals.set(appId, [mine, ...(arrivals.get(appId) ?? [])].slice(0, remembered))
  }

  function checkServed(appId: string): void {
    if (!apps.has(appId)) throw new ProblemError('app_unknown')
  }

  return {
    note(event) {
      if (event.type === 'push-received')
        add(event.appId, { what: 'message', outcome: event.repeated ? 'repeated' : 'taken', detail: event.event })
      if (event.type === 'push-ignored') add(event.appId, { what: 'message', outcome: 'ignored', detail: event.reason })
      if (event.type === 'push-refused') add(event.appId, { what: 'message', outcome: 'refused', detail: event.reason })
    },
    watch: door => ({
      ...door,
      checkUrl(input) {
        const echo = door.checkUrl(input)
        add(input.appId, { what: 'url-check', outcome: 'taken', detail: null })
        return echo
      },
    }),
    read(appId) {
      checkServed(appId)
      const url = new URL(routes.wechatPush.replace('{appId}', appId), issuer).href
      return { url, arrivals: arrivals.get(appId) ?? [], canTest: testPush !== null }
    },
    async test(appId) {
      checkServed(appId)
      const taken = await limiter.take(`push-test ${appId}`, appChecks, clock.now())
      if (taken.status === 'refused') throw new RateLimited('appChecks', appChecks, taken.retryAfterMs)
      const report = await testPush?.(appId)
      if (!report) return { status: 'unavailable', message: null }
      return { status: report.accepted ? 'accepted' : 'refused', message: report.text }
    },
  }
}
