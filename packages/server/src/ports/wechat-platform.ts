import type {
  CheckEncryptedDataOutcome,
  CodeToSessionOutcome,
  ComponentAuthorization,
  PhoneByCodeOutcome,
} from '@weapp-auth/protocol/wechat'
import type { AppAccess } from '../domain/app-definition.ts'

/**
 * What the server needs of WeChat. `createWechat` of `@weapp-auth/wechat` fits (a type test keeps it so).
 * Every method throws `WechatFault` when WeChat cannot be asked or refuses the server itself.
 */
export interface WechatPlatform {
  /**
   * Exchanges a login code. Races: WeChat lets exactly one caller spend a code. Here and below `requestId` names the request
   * behind the call, for whoever watches; WeChat is not told.
   */
  codeToSession(input: {
    readonly appId: string
    readonly code: string
    readonly requestId?: string
  }): Promise<CodeToSessionOutcome>
  /** Exchanges a phone code; `openId` lets WeChat refuse the code of another user. Paid for at the tap, not here. */
  phoneByCode(input: {
    readonly appId: string
    readonly code: string
    readonly openId: string
    readonly requestId?: string
  }): Promise<PhoneByCodeOutcome>
  /** Asks whether WeChat made this ciphertext. `encryptedData` is the Base64 text as received. */
  checkEncryptedData(input: {
    readonly appId: string
    readonly encryptedData: string
    readonly requestId?: string
  }): Promise<CheckEncryptedDataOutcome>
  /** The access_token in use, by stable_token; for backends that are allowed to have it. */
  accessToken(appId: string): Promise<string>
  /** How the app is set up at WeChat. Spends nothing. Without it operators learn of a wrong secret by the first login. */
  checkApp?(appId: string): Promise<WechatAppCheck>
  /** Serves one more app, or the same one with another secret. Without it no app can be added while the server runs. */
  setApp?(app: AppAccess): void
  /** Serves this app no longer. */
  removeApp?(appId: string): boolean
  /** Acts as a third-party platform from now on; `grants` is asked whenever a token is needed. */
  setComponent?(component: { readonly appId: string; readonly secret: string; readonly grants: ComponentGrants }): void
  /**
   * Tells of its work until the function that it answers is called. Without it operators see no times of WeChat's, and
   * nobody hears of an access_token that somebody else renewed.
   */
  follow?(follower: WechatFollower): () => void
  /** Exchanges an authorization code that WeChat pushed. Race: WeChat lets exactly one caller spend a code. */
  authorization?(input: { readonly component: string; readonly code: string }): Promise<AuthorizationOutcome>
}

/** Who is told of what happens between us and WeChat. */
export interface WechatFollower {
  /** One request, each repetition for itself; `api` is the caller's name of it. */
  request?(event: { readonly api: string; readonly appId: string; readonly durationMs: number }): void
  /** `open`: WeChat does not answer for this app, so it is not asked for some seconds. */
  breaker?(event: { readonly appId: string; readonly state: 'open' | 'closed' }): void
  /** The access_token was renewed; or it died long before its time, by somebody else's doing. */
  token?(event: {
    readonly type: 'renewed' | 'lost'
    readonly appId: string
    readonly generation: number
    readonly leftMs: number
  }): void
}

/** `ip`: the address that WeChat saw and does not allow (40164). */
export type WechatCallCheck =
  | { readonly status: 'ok' }
  | {
      readonly status: 'refused'
      readonly errcode: number
      readonly rid: string | null
      readonly ip: string | null
    }
  | { readonly status: 'no-answer' }

/** `phone` is `null` when there was no token to ask with. */
export interface WechatAppCheck {
  readonly token: WechatCallCheck
  readonly phone: WechatCallCheck | null
}

/** What a third-party platform was given and keeps. */
export interface ComponentGrants {
  /** The newest component_verify_ticket; `null` before the first. */
  readTicket(): Promise<string | null>
  /** The authorizer_refresh_token of an app; `null` when it has not authorized the platform. */
  readRefreshToken(appId: string): Promise<string | null>
  /** Race: replaces `former` and nothing else. */
  replaceRefreshToken(appId: string, tokens: { readonly former: string; readonly refreshToken: string }): Promise<void>
}

/** `refused`: the code is worth nothing any more. */
export type AuthorizationOutcome =
  | { readonly status: 'ok'; readonly authorization: ComponentAuthorization }
  | { readonly status: 'refused'; readonly errcode: number }
