import type { SessionRow } from '../ports/store.ts'

/** Who asks: the live session of a request, or the one a login just made. */
export type Session = Pick<SessionRow, 'id' | 'userId' | 'appId' | 'openId' | 'counter'>

/** True while a session may act: not ended, and within its idle and its absolute limit. */
export function isLive({ endedAt, idleUntil, absoluteUntil }: SessionRow, now: number): boolean {
  return endedAt === null && now < idleUntil && now < absoluteUntil
}
