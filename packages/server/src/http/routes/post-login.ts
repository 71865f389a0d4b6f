import type { LoginAnswer, LoginRequest } from '@weapp-auth/protocol/contract'
import type { LogIn } from '../../usecases/log-in.ts'
import type { Call } from '../route.ts'

export function postLogin(logIn: LogIn) {
  return async ({ body, requestId }: Call<LoginRequest>): Promise<LoginAnswer> => {
    const { answer } = await logIn({ ...body, requestId })
    return answer
  }
}
