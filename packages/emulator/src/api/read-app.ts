import type { Platform } from '../platform/platform.ts'
import type { EmulatedApp } from '../types.ts'
import { type Refused, refuse } from './endpoint.ts'

/** The app of a call that brings appid and secret, or the refusal, in the platform's order of checks. */
export function readApp({ state }: Platform, appId: unknown, secret: unknown): EmulatedApp | Refused {
  if (!isText(appId)) return refuse(41002, '缺少 appid', 'appid is missing')
  const app = state.directory.findApp(appId)
  if (!app) return refuse(40013, `没有这个小程序：${appId.slice(0, 32)}`, `no such app: ${appId.slice(0, 32)}`)
  const about = { appId }
  if (!isText(secret)) return refuse(41004, '缺少 secret', 'secret is missing', about)
  if (secret !== app.secret) return refuse(40125, 'secret 不对', 'the secret is wrong', about)
  return app
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
