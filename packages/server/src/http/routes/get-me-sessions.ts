import type { SessionsAnswer } from '@weapp-auth/protocol/contract'
import type { ListSessions } from '../../usecases/list-sessions.ts'
import type { GuardedCall } from '../route.ts'

export function getMeSessions(listSessions: ListSessions) {
  return ({ session }: GuardedCall<undefined>): Promise<SessionsAnswer> => listSessions(session)
}
