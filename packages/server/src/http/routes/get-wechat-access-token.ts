import type { WechatAccessTokenAnswer } from '@weapp-auth/protocol/contract'
import { ProblemError } from '../../domain/problem-error.ts'
import type { WechatPlatform } from '../../ports/wechat-platform.ts'
import type { AuthenticateBackend } from '../authenticate-backend.ts'
import type { Call } from '../route.ts'

/** One owner of the access_token for all programs of a team: whoever fetches one by itself would end the others' (errcode 40001). */
export function getWechatAccessToken(authenticate: AuthenticateBackend, wechat: WechatPlatform) {
  return async ({ body: { appId }, headers }: Call<{ readonly appId: string }>): Promise<WechatAccessTokenAnswer> => {
    const { wechatAccessToken } = authenticate(headers)
    if (!wechatAccessToken.includes(appId))
      throw new ProblemError('backend_forbidden', { detail: '"wechatAccessToken" of the backend must name the app' })
    return { accessToken: await wechat.accessToken(appId) }
  }
}
