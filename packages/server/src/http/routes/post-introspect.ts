import type { IntrospectionAnswer } from '@weapp-auth/protocol/contract'
import type { Introspect } from '../../usecases/introspect.ts'
import type { AuthenticateBackend, FormCredentials } from '../authenticate-backend.ts'
import type { Call } from '../route.ts'

/** Only backends may ask (RFC 7662, section 2.1: else tokens could be guessed here). */
export function postIntrospect(authenticate: AuthenticateBackend, introspect: Introspect) {
  return async ({
    body,
    headers,
  }: Call<FormCredentials & { readonly token: string }>): Promise<IntrospectionAnswer> => {
    authenticate(headers, body)
    return introspect(body.token)
  }
}
