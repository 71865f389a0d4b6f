import { ProblemError } from '../domain/problem-error.ts'
import type { Authorize } from '../usecases/authorize.ts'
import type { Session } from '../usecases/session.ts'

/** Finds the live session of a request. Throws ProblemError token_missing or token_invalid. */
export type Guard = (request: Request) => Promise<Session>

/** Reads the bearer token (RFC 6750, section 2.1) and asks whose it is. */
export function createGuard(authorize: Authorize): Guard {
  return async request => {
    const [scheme, token] = (request.headers.get('authorization') ?? '').split(' ', 2)
    if (scheme?.toLowerCase() !== 'bearer' || !token) throw new ProblemError('token_missing')
    return authorize(token)
  }
}
