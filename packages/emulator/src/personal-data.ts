/** Kinds of personal data that a privacy guideline (用户隐私保护指引) declares, as far as authorization needs them. */
export type PrivacyKind =
  | 'phoneNumber'
  | 'userInfo'
  | 'location'
  | 'microphone'
  | 'camera'
  | 'album'
  | 'bluetooth'
  | 'calendar'
  | 'weRun'

/** The privacy guideline of a mini program. */
export interface AppPrivacy {
  /** Whether WeChat asks for consent before personal data flows. Default: true. */
  readonly required?: boolean
  /** What the guideline declares; the rest fails with errno 112. A kind that is new asks again. Default: all. */
  readonly declares?: readonly PrivacyKind[]
  /** Default: `《<name>小程序隐私保护指引》`. */
  readonly contractName?: string
  /** WeChat has taken the privacy APIs away from this app (errno 1025). Default: false. */
  readonly banned?: boolean
}

/** What a person shows of themselves in WeChat. */
export interface PersonProfile {
  /** Default: the person's name. */
  readonly nickName?: string
  /** Default: an address that leads nowhere. */
  readonly avatarUrl?: string
  /** 0 unknown, 1 male, 2 female. Default: 0. */
  readonly gender?: 0 | 1 | 2
  /** Default: empty, as the next two. */
  readonly country?: string
  readonly province?: string
  readonly city?: string
}

/** `userInfo` of getUserInfo and getUserProfile. */
export interface WxUserInfo {
  readonly nickName: string
  readonly gender: 0 | 1 | 2
  readonly language: string
  readonly city: string
  readonly province: string
  readonly country: string
  readonly avatarUrl: string
}

/** What getUserInfo and getUserProfile answer. */
export interface UserInfoPayload {
  readonly userInfo: WxUserInfo
  /** The text that `signature` is about: sha1 of it and the session_key. */
  readonly rawData: string
  readonly signature: string
  readonly encryptedData: string
  readonly iv: string
}

/** What the WeChat app asks when a mini program wants to know who uses it. */
export interface UserInfoQuestion {
  /** A profile has neither openId nor unionId in its ciphertext (wx.getUserProfile). */
  readonly kind: 'info' | 'profile'
  /** Of the phone. */
  readonly sdkVersion: string
  /** Default: `en`; a profile is always `zh_CN`. */
  readonly lang?: string
}

/** What one person has agreed to in one mini program, and what the platform knows about that mini program. */
export interface Consents {
  readonly appName: string
  /** When this version of the mini program was published, in milliseconds; null: today's rules. */
  readonly publishedAt: number | null
  /** Scopes that were asked for, and the answers. They live until the person deletes the mini program. */
  readonly scopes: Readonly<Record<string, boolean>>
  readonly privacy: {
    readonly required: boolean
    readonly banned: boolean
    readonly contractName: string
    /** Null: everything. */
    readonly declares: readonly PrivacyKind[] | null
    /** Whether the person agreed to all that is declared today. */
    readonly agreed: boolean
  }
}

/** What `getLatestUserKey` answers (用户加密 key). */
export interface LatestUserKey {
  readonly encryptKey: string
  readonly iv: string
  readonly version: number
  /** Seconds that are left of its life. */
  readonly expireTime: number
}
