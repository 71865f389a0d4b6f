import type { SessionInfo, SessionsAnswer } from '@weapp-auth/protocol/contract'
import { limits, listedSessions } from '../domain/limits.ts'
import { isoTime } from '../domain/phone-answer.ts'
import type { Clock } from '../ports/clock.ts'
import type { SessionRow, Store } from '../ports/store.ts'
import type { Session } from './session.ts'

export interface ListSessionsTools {
  readonly store: Store
  readonly clock: Clock
}

export type ListSessions = (session: Session) => Promise<SessionsAnswer>

/** The newest live sessions of the user who asks, in all mini programs of this server. */
export function createListSessions({ store, clock }: ListSessionsTools): ListSessions {
  return async function listSessions({ id, userId }) {
    const rows = await store.liveSessionsOf(userId, clock.now(), listedSessions)
    return { sessions: rows.map(row => ({ ...sessionAnswer(row), current: row.id === id })) }
  }
}

/** A live session as it is told. */
export function sessionAnswer(row: SessionRow): Omit<SessionInfo, 'current'> {
  const { id, appId, device, createdAt, idleUntil, absoluteUntil } = row
  return {
    id,
    appId,
    device,
    createdAt: isoTime(createdAt),
    // Every login and refresh moves the idle limit by the same time.
    refreshedAt: isoTime(idleUntil - limits.sessionIdle),
    expiresAt: isoTime(Math.min(idleUntil, absoluteUntil)),
  }
}
