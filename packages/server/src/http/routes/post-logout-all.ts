import type { LogoutAllAnswer, LogoutAllRequest } from '@weapp-auth/protocol/contract'
import type { EndUserSessions } from '../../usecases/end-user-sessions.ts'
import type { GuardedCall } from '../route.ts'

export function postLogoutAll(endUserSessions: EndUserSessions) {
  return ({ body, session, requestId }: GuardedCall<LogoutAllRequest>): Promise<LogoutAllAnswer> =>
    endUserSessions.all({ ...body, session, requestId })
}
