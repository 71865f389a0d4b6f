import type { Operator } from '../domain/operators.ts'
import type { SignedIn } from '../usecases/operator-sessions.ts'
import type { AuthenticateOperator } from './authenticate-operator.ts'
import { operatorRights } from './operator-rights.ts'
import type { RequestLimits } from './request-limits.ts'
import type { Call, ReadBody, Reply, Route } from './route.ts'

export interface OperatorCall<Body> extends Call<Body> {
  readonly operator: Operator
  /** `null` for programs. */
  readonly signedIn: SignedIn | null
}

/**
 * Makes routes for operators. Who asks, and whether the table of rights allows it, is found out before anything else is
 * read. A route without a right is refused here, so that none can be forgotten.
 */
export function operatedBy(authenticate: AuthenticateOperator, limits: Pick<RequestLimits, 'perUser'>) {
  return function operated<Body>(
    method: Route['method'],
    path: string,
    read: ReadBody<Body>,
    handle: (call: OperatorCall<Body>) => Promise<Reply>,
  ): Route {
    const right = operatorRights[`${method} ${path}`]
    if (!right) throw new TypeError(`${method} ${path} has no row among the rights of operators`)
    const run: Route['run'] = async (request, about) => {
      const { operator, signedIn } = await authenticate(request, about.ip, right)
      await limits.perUser(`operator ${operator.name}`)
      return handle({ ...about, operator, signedIn, body: await read(request), headers: request.headers })
    }
    return { method, path, always: false, uncounted: false, rank: 'session', headers: {}, takes: read.takes, run }
  }
}
