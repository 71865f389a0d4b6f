import { type Operator, operatorRoles } from '../domain/operators.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { OperatorOf } from '../keys/operator-tokens.ts'
import type { Clock } from '../ports/clock.ts'
import { isProved, isProvedForOwn, type OperatorSessions, type SignedIn } from '../usecases/operator-sessions.ts'
import type { HttpRequest } from './http-message.ts'
import type { LimitGuesses } from './limit-guesses.ts'
import type { OperatorCookie } from './operator-cookie.ts'
import type { OperatorRight } from './operator-rights.ts'
import { readAuthorization } from './read-authorization.ts'

export interface AuthenticateOperatorTools {
  /** Programs. */
  readonly operatorOf: OperatorOf
  /** People; `null`: there is no console. */
  readonly people: null | { readonly sessions: Pick<OperatorSessions, 'find'>; readonly cookie: OperatorCookie }
  readonly guesses: LimitGuesses
  readonly clock: Clock
}

/** Who asks. */
interface Caller {
  readonly operator: Operator
  /** `null` for programs. */
  readonly signedIn: SignedIn | null
}

/**
 * Finds the operator who asks, and that the table of rights allows it. Programs send a bearer token, people a cookie;
 * whoever sends a token is a program.
 *
 * Throws ProblemError operator_unauthorized, operator_forbidden, console_only, proof_needed; RateLimited.
 */
export type AuthenticateOperator = (request: HttpRequest, ip: string | null, right: OperatorRight) => Promise<Caller>

export function createAuthenticateOperator(tools: AuthenticateOperatorTools): AuthenticateOperator {
  const { operatorOf, people, guesses, clock } = tools

  async function program(authorization: string, ip: string | null): Promise<Caller> {
    guesses.check(ip)
    const { scheme, credentials: token } = readAuthorization(authorization)
    const operator = scheme === 'bearer' ? operatorOf(token) : null
    if (operator) return { operator, signedIn: null }
    if (token !== '') await guesses.failed(ip)
    throw new ProblemError('operator_unauthorized')
  }

  async function person(request: HttpRequest): Promise<Caller> {
    const token = people?.cookie.read(request)
    if (!people || !token) throw new ProblemError('operator_unauthorized')
    people.cookie.checkOrigin(request)
    const signedIn = await people.sessions.find(token)
    if (!signedIn) throw new ProblemError('operator_unauthorized')
    const { name, role } = signedIn.operator
    return { operator: { name, role }, signedIn }
  }

  function checkRight({ operator, signedIn }: Caller, { role, fresh, people }: OperatorRight): void {
    if (people && !signedIn) throw new ProblemError('console_only')
    if (operatorRoles.indexOf(operator.role) < operatorRoles.indexOf(role))
      throw new ProblemError('operator_forbidden', { detail: role })
    if (!signedIn || fresh === undefined) return
    const proved = fresh === 'own' ? isProvedForOwn : isProved
    if (!proved(signedIn, clock.now())) throw new ProblemError('proof_needed')
  }

  return async function authenticateOperator(request, ip, right) {
    const authorization = request.headers.get('authorization')
    const caller = authorization === null ? await person(request) : await program(authorization, ip)
    checkRight(caller, right)
    return caller
  }
}
