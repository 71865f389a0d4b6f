import type { LoginAnswer, LoginRequest } from '@weapp-auth/protocol/contract'
import { deviceOf } from '../../domain/device.ts'
import type { LogIn } from '../../usecases/log-in.ts'
import type { Call } from '../route.ts'

export function postLogin(logIn: LogIn) {
  return async ({ body, headers, requestId }: Call<LoginRequest>): Promise<LoginAnswer> => {
    const { answer } = await logIn({ ...body, device: deviceOf(headers.get('user-agent')), requestId })
    return answer
  }
}
