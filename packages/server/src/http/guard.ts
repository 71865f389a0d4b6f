import { ProblemError } from '../domain/problem-error.ts'
import type { Authorize } from '../usecases/authorize.ts'
import type { Session } from '../usecases/session.ts'
import type { HttpRequest } from './http-message.ts'
import { readAuthorization } from './read-authorization.ts'

/** Finds the live session of a request. Throws ProblemError token_missing or token_invalid. */
export type Guard = (request: HttpRequest) => Promise<Session>

/** Asks whose the bearer token of a request is. */
export function createGuard(authorize: Authorize): Guard {
  return async request => authorize(bearerOf(request))
}

/** Reads the bearer token (RFC 6750, section 2.1). Throws ProblemError token_missing. */
export function bearerOf(request: HttpRequest): string {
  const { scheme, credentials } = readAuthorization(request.headers.get('authorization'))
  if (scheme !== 'bearer') throw new ProblemError('token_missing')
  return credentials
}
