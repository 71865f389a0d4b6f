import type { CheckEncryptedDataOutcome, CodeToSessionOutcome, PhoneByCodeOutcome } from '@weapp-auth/protocol/wechat'

/**
 * What the server needs of WeChat. `createWechat` of `@weapp-auth/wechat` fits (a type test keeps it so).
 * Every method throws `WechatFault` when WeChat cannot be asked or refuses the server itself.
 */
export interface WechatPlatform {
  /** Exchanges a login code. Races: WeChat lets exactly one caller spend a code. */
  codeToSession(input: { readonly appId: string; readonly code: string }): Promise<CodeToSessionOutcome>
  /** Exchanges a phone code; `openId` lets WeChat refuse the code of another user. Paid for at the tap, not here. */
  phoneByCode(input: {
    readonly appId: string
    readonly code: string
    readonly openId: string
  }): Promise<PhoneByCodeOutcome>
  /** Asks whether WeChat made this ciphertext. `encryptedData` is the Base64 text as received. */
  checkEncryptedData(input: {
    readonly appId: string
    readonly encryptedData: string
  }): Promise<CheckEncryptedDataOutcome>
  /** The access_token in use, by stable_token; for backends that are allowed to have it. */
  accessToken(appId: string): Promise<string>
  /** Serves one more app, or the same one with another secret. Without it no app can be added while the server runs. */
  setApp?(app: { readonly appId: string; readonly secret: string; readonly sendOpenId?: boolean }): void
  /** Serves this app no longer. */
  removeApp?(appId: string): boolean
}
