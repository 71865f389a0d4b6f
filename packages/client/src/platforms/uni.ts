/**
 * The client for uni-app: everything of `@weapp-auth/client`, with `uni` as its platform. The object is handed in,
 * because the compiler of uni-app knows the name `uni` only in the sources of the app.
 *
 * @module
 */
import type { Auth, Platform } from '../index.ts'
import { createHostAuth, type HostAuthOptions, hostPlatform } from './host-platform.ts'
import type { WxHost } from './wx-host.ts'

export type * from '../index.ts'

/** The part of `uni` that is used; on WeChat its calls are those of `wx`. */
export type UniHost = WxHost

export type UniAuthOptions = HostAuthOptions

/**
 * Makes a platform of `uni`.
 *
 * @throws OptionInvalid when there is no host.
 */
export const uniPlatform: (host: UniHost) => Platform = hostPlatform

/**
 * @throws OptionInvalid naming the option.
 * @example
 * export const auth = createAuth({ baseUrl: 'https://auth.example.com', appId: 'wx1234567890abcdef', host: uni })
 */
export const createAuth: (options: UniAuthOptions) => Auth = createHostAuth
