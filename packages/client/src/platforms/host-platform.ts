import { type Auth, type AuthOptions, createAuth, OptionInvalid, type Platform } from '../index.ts'
import type { WxHost } from './wx-host.ts'
import { platformOf } from './wx-platform.ts'

/** The options of `createAuth` of `@weapp-auth/client`, with a host in place of the platform. */
export interface HostAuthOptions extends Omit<AuthOptions, 'platform'> {
  readonly host: WxHost
}

/** A platform of a host that has to be handed in. */
export function hostPlatform(host: WxHost): Platform {
  if (!host) throw new OptionInvalid('host')
  return platformOf(host)
}

export function createHostAuth(options: HostAuthOptions): Auth {
  return createAuth(Object.assign({ platform: hostPlatform(options.host) }, options))
}
