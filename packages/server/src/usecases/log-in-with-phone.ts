import type { Device, LoginPhoneAnswer, LoginPhoneRequest } from '@weapp-auth/protocol/contract'
import type { BindPhone } from './bind-phone.ts'
import type { LogIn } from './log-in.ts'

export interface LogInWithPhoneTools {
  readonly logIn: LogIn
  readonly bindPhone: BindPhone
}

interface LogInWithPhoneInput extends LoginPhoneRequest {
  readonly requestId: string
  /** As for {@link LogIn}. */
  readonly device?: Device
}

export type LogInWithPhone = (input: LogInWithPhoneInput) => Promise<LoginPhoneAnswer>

/**
 * Logs in and binds the phone in one call: the free code is spent first, the paid one last.
 *
 * When the phone is refused the login stands, and the answer is the phone's problem. The same request with the same
 * nonce then finds its login again and goes on with the phone; nothing is paid for twice. Who gives the phone up logs
 * in anew, which the user does not notice; the session nobody uses ends by its idle limit.
 */
export function createLogInWithPhone({ logIn, bindPhone }: LogInWithPhoneTools): LogInWithPhone {
  return async function logInWithPhone({ phone, ...login }) {
    const { answer, session } = await logIn(login)
    const { loginId } = answer
    const { nonce, requestId } = login
    const bound = await bindPhone({ ...phone, session, loginId, nonce, requestId })
    return { ...answer, user: { ...answer.user, phone: bound.phone }, change: bound.change }
  }
}
