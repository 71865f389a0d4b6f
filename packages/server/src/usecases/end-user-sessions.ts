import type { LogoutAllAnswer, LogoutAllRequest } from '@weapp-auth/protocol/contract'
import { ProblemError } from '../domain/problem-error.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { EndSessionsOf } from '../ports/session-store.ts'
import type { Store } from '../ports/store.ts'
import type { Session } from './session.ts'

export interface EndUserSessionsTools {
  readonly store: Store
  readonly clock: Clock
  readonly tell: Observe
}

interface Asked {
  readonly session: Session
  readonly requestId: string
}

export interface EndUserSessions {
  /** One session of the same user. Throws ProblemError session_unknown, also for a session of somebody else. */
  one(input: Asked & { readonly id: string }): Promise<void>
  all(input: Asked & LogoutAllRequest): Promise<LogoutAllAnswer>
}

/** Ends sessions from the list of devices. Their tokens stop working at once: every request asks for its session. */
export function createEndUserSessions({ store, clock, tell }: EndUserSessionsTools): EndUserSessions {
  async function end({ session, requestId }: Asked, which: EndSessionsOf['which']): Promise<number> {
    const ended = await store.endSessionsOf({ userId: session.userId, now: clock.now(), reason: 'user', which })
    for (const sessionId of ended) tell({ type: 'session-ended', requestId, sessionId, reason: 'user' })
    return ended.length
  }

  return {
    async one(input) {
      if ((await end(input, { only: input.id })) === 0) throw new ProblemError('session_unknown')
    },
    async all(input) {
      return { ended: await end(input, { except: input.keep === 'this' ? input.session.id : null }) }
    },
  }
}
