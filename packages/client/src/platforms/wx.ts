/**
 * The client for native mini programs: everything of `@weapp-auth/client`, with `wx` as its platform.
 *
 * @module
 */
import { type Auth, type AuthOptions, createAuth as createAuthOn, OptionInvalid, type Platform } from '../index.ts'
import type { WxHost } from './wx-host.ts'
import { platformOf } from './wx-platform.ts'

export type * from '../index.ts'
export type { WxHost }

/** The global of the mini program; absent everywhere else. */
declare const wx: WxHost | undefined

/**
 * Makes a platform of `wx`.
 *
 * @param host Default: the global `wx`.
 * @throws OptionInvalid outside of a mini program.
 * @example
 * const platform = wxPlatform(otherHost)
 */
export function wxPlatform(host: WxHost | undefined = typeof wx === 'undefined' ? undefined : wx): Platform {
  if (!host) throw new OptionInvalid('host')
  return platformOf(host)
}

/** The options of `createAuth` of `@weapp-auth/client`, without the platform. */
export type WxAuthOptions = Omit<AuthOptions, 'platform'>

/**
 * @throws OptionInvalid naming the option.
 * @example
 * export const auth = createAuth({ baseUrl: 'https://auth.example.com', appId: 'wx1234567890abcdef' })
 */
export function createAuth(options: WxAuthOptions): Auth {
  return createAuthOn(Object.assign({ platform: wxPlatform() }, options))
}
