import { isOnList } from '../platform/accounts.ts'
import type { Platform } from '../platform/platform.ts'
import type { EmulatedComponent } from '../types.ts'
import { type ApiCall, type Refused, refuse } from './endpoint.ts'
import { isText } from './read-app.ts'
import { checkToken } from './read-token.ts'

/** The third-party platform that calls with its secret, or the refusal. */
export function readComponentBySecret(
  { state }: Platform,
  { ip }: ApiCall,
  componentAppId: unknown,
  secret: unknown,
): EmulatedComponent | Refused {
  const component = isText(componentAppId) ? state.components.find(componentAppId) : undefined
  // Seen for an empty app id, and for that of a mini program.
  if (!component) return refuse(61011, '没有这个第三方平台', 'no such third-party platform')
  const about = { appId: component.appId }
  if (!isText(secret)) return refuse(41004, '缺少平台的 secret', 'the secret of the platform is missing', about)
  if (secret !== component.secret)
    return refuse(40125, '平台的 secret 不对', 'the secret of the platform is wrong', about)
  return notRegistered(component, ip) ?? component
}

/** The third-party platform that calls `/cgi-bin/component/…` with its own token, or the refusal. */
export function readComponentByToken(
  platform: Platform,
  { query, ip }: ApiCall,
  componentAppId: unknown,
): EmulatedComponent | Refused {
  // Older pages name the parameter after the token.
  const text = query.get('access_token') ?? query.get('component_access_token')
  if (!isText(text)) return refuse(41001, '缺少 component_access_token', 'the component_access_token is missing')
  const token = checkToken(platform, text)
  if ('granted' in token) return token
  const component = token.space === 'component' ? platform.state.components.find(token.appId) : undefined
  if (!component)
    return refuse(48001, '要用第三方平台自己的令牌', "this API wants the third-party platform's own token")
  if (component.appId !== componentAppId)
    return refuse(61011, 'component_appid 与令牌不符', 'component_appid is not that of the token')
  return notRegistered(component, ip) ?? component
}

/** As the platform writes it. */
function notRegistered({ appId, ipAllowList = [] }: EmulatedComponent, ip: string): Refused | null {
  if (isOnList(ipAllowList, ip)) return null
  const about = { appId, facts: { ip } }
  return {
    ...refuse(61004, `${ip} 不在第三方平台的白名单里`, `${ip} is not on the platform's allow list`, about),
    errmsg: `access clientip is not registered requestIP: ${ip}`,
  }
}
