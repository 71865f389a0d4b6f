import type { LogoutRequest } from '@weapp-auth/protocol/contract'
import type { EndSession } from '../../usecases/end-session.ts'
import type { Call } from '../route.ts'

export function postLogout(endSession: EndSession) {
  return async ({ body, requestId }: Call<LogoutRequest>): Promise<undefined> => {
    await endSession({ ...body, requestId })
  }
}
