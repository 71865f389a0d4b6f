import { clientSteps, type StepsRequest } from '@weapp-auth/protocol/contract'
import type { Apps } from '../domain/app-policy.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { KeepTallies } from './keep-tallies.ts'

export interface CountStepsTools {
  readonly apps: Apps
  /** `null`: nobody reads what is counted. */
  readonly tallies: Pick<KeepTallies, 'count'> | null
}

/**
 * Adds what a phone counted of its buttons. Nobody has to prove anything, so it changes counts and nothing else.
 *
 * @throws ProblemError `app_unknown`
 */
export type CountSteps = (request: StepsRequest) => undefined

export function createCountSteps({ apps, tallies }: CountStepsTools): CountSteps {
  return ({ appId, steps }) => {
    if (!apps.has(appId)) throw new ProblemError('app_unknown', { field: 'appId' })
    for (const step of clientSteps) {
      const times = steps[step] ?? 0
      if (times > 0) tallies?.count(appId, `client ${step}`, times)
    }
  }
}
