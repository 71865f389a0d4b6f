import type { LoginPhoneAnswer, LoginPhoneRequest } from '@weapp-auth/protocol/contract'
import type { LogInWithPhone } from '../../usecases/log-in-with-phone.ts'
import type { Call } from '../route.ts'

export function postLoginPhone(logInWithPhone: LogInWithPhone) {
  return ({ body, requestId }: Call<LoginPhoneRequest>): Promise<LoginPhoneAnswer> =>
    logInWithPhone({ ...body, requestId })
}
