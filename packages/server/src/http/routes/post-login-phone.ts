import type { LoginPhoneAnswer, LoginPhoneRequest } from '@weapp-auth/protocol/contract'
import { deviceOf } from '../../domain/device.ts'
import type { LogInWithPhone } from '../../usecases/log-in-with-phone.ts'
import type { Call } from '../route.ts'

export function postLoginPhone(logInWithPhone: LogInWithPhone) {
  return ({ body, headers, requestId }: Call<LoginPhoneRequest>): Promise<LoginPhoneAnswer> =>
    logInWithPhone({ ...body, device: deviceOf(headers.get('user-agent')), requestId })
}
