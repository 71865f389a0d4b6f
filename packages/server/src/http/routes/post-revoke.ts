import type { RevokeToken } from '../../usecases/revoke-token.ts'
import type { AuthenticateBackend, FormCredentials } from '../authenticate-backend.ts'
import type { Call } from '../route.ts'

/** A backend proves itself; a mini program, which can keep no secret, names itself (RFC 7009, section 2.1). */
export function postRevoke(authenticate: AuthenticateBackend, revokeToken: RevokeToken) {
  return async ({ body, headers, requestId }: Call<FormCredentials & { readonly token: string }>): Promise<object> => {
    const { token, client_id: appId, client_secret: secret } = body
    const isPublic = appId !== undefined && secret === undefined && headers.get('authorization') === null
    if (!isPublic) authenticate(headers, body)
    await revokeToken({ token, by: isPublic ? { appId } : 'backend', requestId })
    return {}
  }
}
