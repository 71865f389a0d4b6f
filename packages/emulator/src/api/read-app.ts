import type { Platform } from '../platform/platform.ts'
import type { EmulatedApp } from '../types.ts'
import { blocked, frozenSecret } from './account-gate.ts'
import { type ApiCall, type Refused, refuse } from './endpoint.ts'

/** The app of a call that brings appid and secret, or the refusal, in the platform's order of checks. */
export function readApp(
  platform: Platform,
  { endpoint }: ApiCall,
  appId: unknown,
  secret: unknown,
): EmulatedApp | Refused {
  const { state, options } = platform
  if (!isText(appId)) return refuse(41002, '缺少 appid', 'appid is missing')
  const app = state.directory.findApp(appId)
  if (!app) return refuse(40013, `没有这个小程序：${appId.slice(0, 32)}`, `no such app: ${appId.slice(0, 32)}`)
  const about = { appId }
  if (!isText(secret)) return refuse(41004, '缺少 secret', 'secret is missing', about)
  if (secret !== app.secret) return refuse(40125, 'secret 不对', 'the secret is wrong', about)
  const { secretFrozen } = state.accounts.conditions(appId)
  if (secretFrozen && options.unverified.frozenSecret === 'everything') return frozenSecret(appId)
  return blocked(platform, appId, endpoint) ?? app
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
