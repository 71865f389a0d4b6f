import type { AccessToken } from '../platform/access-tokens.ts'
import type { Platform } from '../platform/platform.ts'
import { type ApiCall, type Endpoint, type Refused, refuse } from './endpoint.ts'

/** The app that a valid token speaks for, when its account may call this API now; else the refusal. */
export function admit(platform: Platform, token: AccessToken, endpoint: Endpoint): string | Refused {
  const { appId, space } = token
  if (space === 'component')
    return refuse(
      48001,
      '这是第三方平台自己的令牌，不是小程序的',
      "this is a third-party platform's own token, not an app's",
    )
  if (!platform.state.directory.findApp(appId))
    return refuse(40013, '这个 access_token 的小程序已不存在', 'the app of this access_token is gone', { appId })
  return (
    notAuthorized(platform, token, endpoint) ??
    blocked(platform, appId, endpoint) ??
    overQuota(platform, appId, endpoint) ??
    appId
  )
}

/** What a third-party platform lacks to call this for the app. */
function notAuthorized({ state }: Platform, token: AccessToken, { permissionSet }: Endpoint): Refused | null {
  const { appId, componentAppId } = token
  if (componentAppId === null) return null
  const given = state.components.permissionSets(componentAppId, appId)
  if (given === null)
    return refuse(61003, '小程序没有授权给这个第三方平台', 'the app has not authorised this third-party platform', {
      appId,
    })
  if (permissionSet === 'any' || (permissionSet !== undefined && given.includes(permissionSet))) return null
  return refuse(61007, `授权里没有权限集 ${permissionSet}`, `the authorisation lacks permission set ${permissionSet}`, {
    appId,
  })
}

/** What the account itself forbids. */
export function blocked({ state }: Platform, appId: string, { name }: Endpoint): Refused | null {
  const { standing, notGranted, banned } = state.accounts.conditions(appId)
  const about = { appId }
  if (standing === 'limited') return refuse(50002, '账号受限', 'the account is limited', about)
  if (standing === 'frozen') return refuse(50007, '账号被冻结', 'the account is frozen', about)
  if (banned.includes(name)) return refuse(48004, '这个接口因违规被封', 'this API was taken from the account', about)
  // Personal and uncertified accounts have neither the button nor this API.
  const withoutPhone = name === 'getPhoneNumber' && state.directory.findApp(appId)?.phonePermitted === false
  if (notGranted.includes(name) || withoutPhone)
    return refuse(48001, '账号没有这个接口的权限', 'the account does not have this API', about)
  return null
}

/** Takes one call, or says which limit is reached. */
function overQuota({ state }: Platform, appId: string, { name, tooOften = 45011 }: Endpoint): Refused | null {
  const { daily, perMinute, used } = state.quotas.usage(appId, name)
  const about = { appId, facts: { used } }
  switch (state.quotas.take(appId, name)) {
    case 'taken':
      return null
    case 'no-more-today':
      return refuse(45009, `今天的 ${daily} 次用完了`, `the ${daily} calls of today are used up`, about)
    case 'no-more-this-minute':
      return refuse(
        tooOften,
        `这一分钟的 ${perMinute} 次用完了`,
        `the ${perMinute} calls of this minute are used up`,
        about,
      )
  }
}

/** What keeps an access_token from the app: secret, punishment, address, admin, quota, in this order. */
export function tokenWithheld(platform: Platform, appId: string, { ip, endpoint }: ApiCall): Refused | null {
  const { accounts } = platform.state
  const { secretFrozen, standing } = accounts.conditions(appId)
  if (secretFrozen) return frozenSecret(appId)
  if (standing === 'punished')
    return refuse(50004, '账号受罚，不能获取 access_token', 'the account is punished', { appId })
  if (!accounts.allowsIp(appId, ip)) return notInWhitelist(appId, ip)
  return notConfirmed(platform, appId, ip) ?? overQuota(platform, appId, endpoint)
}

export function frozenSecret(appId: string): Refused {
  return refuse(40243, 'AppSecret 已冻结', 'the AppSecret is frozen', { appId })
}

/** As the platform writes it: the address in both spellings. */
function notInWhitelist(appId: string, ip: string): Refused {
  const about = { appId, facts: { ip } }
  return {
    ...refuse(40164, `${ip} 不在 IP 白名单里`, `${ip} is not on the allow list`, about),
    errmsg: `invalid ip ${ip} ipv6 ${ip.includes(':') ? ip : `::ffff:${ip}`}, not in whitelist`,
  }
}

function notConfirmed({ state }: Platform, appId: string, ip: string): Refused | null {
  const about = { appId, facts: { ip } }
  switch (state.accounts.ipConfirmation(appId)) {
    case 'none':
      return null
    case 'asked':
      return refuse(89503, `等管理员确认 ${ip}`, `waiting for the admin to confirm ${ip}`, about)
    case 'refused-for-a-day':
      return refuse(89506, `管理员拒绝了 ${ip}，一天内有效`, `the admin refused ${ip} for a day`, about)
    case 'refused-for-an-hour':
      return refuse(89507, `管理员拒绝了 ${ip}，一小时内有效`, `the admin refused ${ip} for an hour`, about)
  }
}
