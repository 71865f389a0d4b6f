import type { AccessToken } from '../platform/access-tokens.ts'
import type { Platform } from '../platform/platform.ts'
import { admit } from './account-gate.ts'
import { type ApiCall, type Refused, refuse } from './endpoint.ts'
import { isText } from './read-app.ts'

/** The app id behind the access_token of a call, when its account may call this API; else the refusal. */
export function readToken(platform: Platform, { endpoint, query }: ApiCall): string | Refused {
  const text = query.get('access_token')
  if (!isText(text)) return refuse(41001, '缺少 access_token', 'access_token is missing')
  const token = checkToken(platform, text)
  return 'granted' in token ? token : admit(platform, token, endpoint)
}

/** A valid token of whatever kind, or the refusal. */
export function checkToken({ state, clock }: Platform, text: string): AccessToken | Refused {
  const check = state.tokens.check(text)
  switch (check.status) {
    case 'ok':
      return check.token
    case 'malformed':
      return refuse(40014, 'access_token 的样子不对', 'this does not look like an access_token')
    case 'expired': {
      const { appId, endsAt } = check.token
      const seconds = Math.round((clock.now() - endsAt) / 1000)
      return refuse(42001, `access_token 在 ${seconds} 秒前过期`, `the access_token expired ${seconds} s ago`, {
        appId,
      })
    }
    case 'not-latest':
      return notLatest(check.token)
  }
}

function notLatest(token: { readonly appId: string; readonly generation: number } | null): Refused {
  if (!token) return refuse(40001, '没有发放过这个 access_token', 'this access_token was never issued')
  const { appId, generation } = token
  return refuse(
    40001,
    `access_token 是第 ${generation} 代，已被更新的一代取代（别处刷新过？）`,
    `the access_token is generation ${generation} and was replaced by a newer one (did another process refresh it?)`,
    { appId, facts: { tokenGeneration: generation } },
  )
}
