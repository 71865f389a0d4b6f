import type { EndUserSessions } from '../../usecases/end-user-sessions.ts'
import type { GuardedCall } from '../route.ts'

export function deleteMeSession(endUserSessions: EndUserSessions) {
  return async ({ session, params: { id = '' }, requestId }: GuardedCall<undefined>): Promise<undefined> => {
    await endUserSessions.one({ session, id, requestId })
  }
}
