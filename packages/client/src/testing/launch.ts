import type { Auth, AuthOptions } from '../core/create-auth.ts'
import { createAuth } from '../core/create-auth.ts'
import { settle } from './fake-clock.ts'
import type { FakePhone } from './fake-phone.ts'

export const appId = 'wx00000000000000a1'
export const baseUrl = 'https://auth.example.com'
export const storageKey = `weapp-auth/1/${appId} ${baseUrl}`

/** Opens the mini program on this phone; everything that needs no time has happened. */
export async function launch(phone: FakePhone, options: Partial<AuthOptions> = {}): Promise<Auth> {
  const auth = createAuth({ baseUrl, appId, platform: phone.platform, ...options })
  await settle()
  return auth
}

/** A phone on which a session was left by an earlier launch. */
export async function leaveSession(phone: FakePhone): Promise<void> {
  await launch(phone)
  phone.calls.length = 0
  phone.sent.length = 0
}
