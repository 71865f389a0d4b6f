import type { PhoneSource, ProblemCode } from '@weapp-auth/protocol/contract'
import type { Apps } from '../domain/app-policy.ts'
import type { Observe } from '../ports/observer.ts'
import type { BindPhone } from './bind-phone.ts'
import type { LogIn } from './log-in.ts'
import type { VerifySms } from './verify-sms.ts'

export interface TellRefusalsTools {
  readonly apps: Apps
  /** The code an error is answered with. */
  readonly codeOf: (error: unknown) => ProblemCode
  readonly tell: Observe
}

/** The same use cases; what they refuse is told by app and code, whatever route it came by. */
export function createTellRefusals({ apps, codeOf, tell }: TellRefusalsTools) {
  function phone<
    I extends { readonly session: { readonly appId: string; readonly userId: string }; readonly requestId: string },
    O,
  >(run: (input: I) => Promise<O>, sourceOf: (input: I) => PhoneSource): (input: I) => Promise<O> {
    return input =>
      run(input).catch(error => {
        const { requestId, session } = input
        tell({
          type: 'phone-refused',
          requestId,
          appId: session.appId,
          userId: session.userId,
          source: sourceOf(input),
          code: codeOf(error),
        })
        throw error
      })
  }

  return {
    logIn: (logIn: LogIn): LogIn => {
      return input =>
        logIn(input).catch(error => {
          const { requestId, appId } = input
          // An app that nobody serves is what somebody typed.
          if (apps.has(appId)) tell({ type: 'login-refused', requestId, appId, code: codeOf(error) })
          throw error
        })
    },
    bindPhone: (bindPhone: BindPhone): BindPhone =>
      phone(bindPhone, ({ code }) => (code === undefined ? 'open-data' : 'phone-code')),
    verifySms: (verifySms: VerifySms): VerifySms => phone(verifySms, () => 'sms'),
  }
}
