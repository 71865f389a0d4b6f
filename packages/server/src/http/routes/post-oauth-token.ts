import type { OauthTokenAnswer } from '@weapp-auth/protocol/contract'
import type { RefreshByGrant, RefreshGrant } from '../../usecases/refresh-by-grant.ts'
import type { Call } from '../route.ts'

/** The refresh token grant for standard OAuth clients; the mini program itself uses `POST /v1/token`. */
export function postOauthToken(refreshByGrant: RefreshByGrant) {
  return async ({ body, requestId }: Call<RefreshGrant>): Promise<OauthTokenAnswer> => {
    const { accessToken, expiresIn, refreshToken } = await refreshByGrant({ ...body, requestId })
    return { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn, refresh_token: refreshToken }
  }
}
