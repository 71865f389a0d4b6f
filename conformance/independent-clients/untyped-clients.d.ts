/** What the tests use of clients that come without types. */

declare module 'co-wechat-api' {
  interface AccessToken {
    readonly accessToken: string
    /** Milliseconds since 1970. */
    readonly expireTime: number
  }
  type Answer = Record<string, unknown>
  class WechatApi {
    static mixin<T extends Record<string, unknown>>(methods: T & ThisType<WechatApi>): void
    constructor(appId: string, secret: string)
    prefix: string
    snsPrefix: string
    wxaPrefix: string
    code2Session(code: string): Promise<{ openid: string; session_key: string; unionid?: string }>
    getAccessToken(): Promise<AccessToken>
    ensureAccessToken(): Promise<AccessToken>
    getIp(): Promise<Answer>
    saveToken(token: AccessToken): Promise<void>
    request(url: string, options?: object): Promise<Answer>
    getPhoneNumber(code: string, openid?: string): Promise<Answer>
    checkSession(openid: string, signature: string): Promise<Answer>
    checkEncryptedData(hash: string): Promise<Answer>
  }
  export = WechatApi
}

declare module 'wechat-jssdk' {
  export class MiniProgram {
    constructor(options: {
      miniProgram: { appId: string; appSecret: string; GET_SESSION_KEY_URL: string }
      storeOptions: { fileStorePath: string }
    })
    readonly store: { destroy(): void }
    getSession(code: string): Promise<{ openid: string; session_key: string; unionid?: string }>
    decryptData(encryptedData: string, iv: string, sessionKey?: string, key?: string): Promise<Record<string, unknown>>
  }
}

declare module 'passport-wechat-mp' {
  export interface WechatSession {
    readonly openid: string
    readonly session_key: string
    readonly unionid?: string
  }
  export class Strategy {
    constructor(
      options: { appId: string; appSecret: string; authorizationURL: string },
      verify: (
        request: unknown,
        session: WechatSession,
        done: (error: unknown, user: WechatSession | false) => void,
      ) => void,
    )
  }
}

declare module 'passport' {
  import type { Strategy, WechatSession } from 'passport-wechat-mp'

  export class Passport {
    use(name: string, strategy: Strategy): this
    authenticate(
      name: string,
      done: (error: unknown, user: WechatSession | false) => void,
    ): (request: object, response: object, next: (error: unknown) => void) => void
  }
}

declare module 'wechat-crypto' {
  class WXBizMsgCrypt {
    constructor(token: string, encodingAESKey: string, appId: string)
    getSignature(timestamp: string, nonce: string, encrypt: string): string
    encrypt(message: string): string
    decrypt(encrypt: string): { message: string; id: string }
  }
  export = WXBizMsgCrypt
}
