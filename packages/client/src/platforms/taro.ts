/**
 * The client for Taro: everything of `@weapp-auth/client`, with the `Taro` object of the app as its platform. It is
 * handed in, so that there is no second copy of Taro and no dependency on its version.
 *
 * @module
 */
import type { Auth, Platform } from '../index.ts'
import { createHostAuth, type HostAuthOptions, hostPlatform } from './host-platform.ts'
import type { WxHost } from './wx-host.ts'

export type * from '../index.ts'

/** The part of `Taro` that is used; its calls take the callbacks of `wx`. */
export type TaroHost = WxHost

export type TaroAuthOptions = HostAuthOptions

/**
 * Makes a platform of `Taro`.
 *
 * @throws OptionInvalid when there is no host.
 */
export const taroPlatform: (host: TaroHost) => Platform = hostPlatform

/**
 * @throws OptionInvalid naming the option.
 * @example
 * import Taro from '@tarojs/taro'
 * export const auth = createAuth({ baseUrl: 'https://auth.example.com', appId: 'wx1234567890abcdef', host: Taro })
 */
export const createAuth: (options: TaroAuthOptions) => Auth = createHostAuth
