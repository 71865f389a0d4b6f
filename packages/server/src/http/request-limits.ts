import type { Apps } from '../domain/app-policy.ts'
import { RateLimited } from '../domain/problem-error.ts'
import type { RequestRates } from '../domain/request-rates.ts'
import type { Clock } from '../ports/clock.ts'
import type { Limiter } from '../ports/limiter.ts'
import type { HttpRequest } from './http-message.ts'
import type { ReadBody } from './route.ts'

export interface RequestLimitsTools {
  readonly limiter: Limiter
  readonly rates: RequestRates
  readonly apps: Apps
  readonly clock: Clock
}

/** Counts requests by who sends them. Each throws RateLimited. */
export interface RequestLimits {
  /** `null`, an address that is not known, is not counted. */
  perIp(address: string | null): Promise<void>
  perUser(userId: string): Promise<void>
  /** A reader of bodies that counts by the mini program they name; unknown ones are refused later. */
  perApp<Body extends { readonly appId: string }>(read: ReadBody<Body>): ReadBody<Body>
}

/** A caller is counted by what it cannot choose freely, so nobody can use up what belongs to another. */
export function createRequestLimits({ limiter, rates, apps, clock }: RequestLimitsTools): RequestLimits {
  async function count(by: keyof RequestRates, who: string): Promise<void> {
    const rate = rates[by]
    if (rate === 'off') return
    const taken = await limiter.take(`${by} ${who}`, rate, clock.now())
    if (taken.status === 'refused') throw new RateLimited(by, rate, taken.retryAfterMs)
  }

  return {
    async perIp(address) {
      if (address !== null) await count('perIp', address)
    },
    perUser: userId => count('perUser', userId),
    perApp(read) {
      return Object.assign(async (request: HttpRequest) => {
        const body = await read(request)
        if (apps.has(body.appId)) await count('perApp', body.appId)
        return body
      }, read)
    },
  }
}
