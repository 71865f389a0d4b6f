import type { TokenAnswer, TokenRequest } from '@weapp-auth/protocol/contract'
import type { RotateSession } from '../../usecases/rotate-session.ts'
import type { Call } from '../route.ts'

export function postToken(rotateSession: RotateSession) {
  return ({ body, requestId }: Call<TokenRequest>): Promise<TokenAnswer> => rotateSession({ ...body, requestId })
}
