import type { Apps } from '../domain/app-policy.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { SessionRow } from '../ports/store.ts'

/** Who asks: the live session of a request, or the one a login just made. */
export type Session = Pick<SessionRow, 'id' | 'userId' | 'appId' | 'openId' | 'counter'>

/** True while a session may act: not ended, and within its idle and its absolute limit. */
export function isLive({ endedAt, idleUntil, absoluteUntil }: SessionRow, now: number): boolean {
  return endedAt === null && now < idleUntil && now < absoluteUntil
}

/**
 * Refuses sessions of a mini program that was removed. They are not ended: who removed it by mistake adds it again, and
 * nobody has to log in anew; and no sweep over a million sessions is needed for all processes to refuse within seconds.
 *
 * @throws ProblemError `app_unknown`
 */
export function requireServed(apps: Apps, { appId }: Pick<SessionRow, 'appId'>): void {
  if (!apps.has(appId)) throw new ProblemError('app_unknown')
}
