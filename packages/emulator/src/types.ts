import type {
  AppPrivacy,
  Consents,
  LatestUserKey,
  PersonProfile,
  UserInfoPayload,
  UserInfoQuestion,
} from './personal-data.ts'
import type { EndpointName } from './platform/endpoint-paths.ts'
import type { PushSettings } from './push/push-settings.ts'
import type { SecureModeSettings } from './secure-mode/secure-mode-settings.ts'

export type * from './dialogs.ts'
export type * from './personal-data.ts'

/** A mini program that the emulated WeChat knows. */
export interface EmulatedApp {
  /** `wx` and 16 lower-case hex digits. */
  readonly appId: string
  /** 32 hex digits. */
  readonly secret: string
  readonly name: string
  /** Open-platform account that the app is bound to; apps of one account see the same unionid. Default: none. */
  readonly openAccount?: string
  /** Whether the phone button is permitted (certified, not a personal account). Default: true. */
  readonly phonePermitted?: boolean
  /** When this version was published, in milliseconds: older ones get what WeChat gave then. Default: today's rules. */
  readonly publishedAt?: number
  /** Default: there is no guideline, and WeChat asks for no consent. */
  readonly privacy?: AppPrivacy
  /** Where WeChat pushes the app's events. Default: nowhere. */
  readonly push?: PushSettings
  /** Keys for signed and encrypted calls. Default: none, every call is plain. */
  readonly secureMode?: SecureModeSettings
}

/** A phone number as its owner added it to WeChat. */
export interface EmulatedPhone {
  /** Digits only. Default: `86`. */
  readonly countryCode?: string
  /** Without country code, digits only. */
  readonly number: string
}

/** Somebody who uses WeChat. */
export interface EmulatedPerson {
  /** Stable name in tests and seeds, such as `lin`. */
  readonly id: string
  readonly name: string
  /** The first one is preselected in the sheet. */
  readonly phones: readonly EmulatedPhone[]
  /** What the person shows of themselves. Default: the name alone. */
  readonly profile?: PersonProfile
  /** WeChat takes this user for a risk and refuses the login code (errcode 40226). Default: false. */
  readonly highRisk?: boolean
}

/** A third-party platform (第三方平台), which acts for apps that authorise it. */
export interface EmulatedComponent {
  /** `wx` and 16 lower-case hex digits. */
  readonly appId: string
  readonly name: string
  /** 32 lower-case hex digits. Default: none, so that it gets no token by itself. */
  readonly secret?: string
  /** Where tickets and authorization events go. Default: nowhere. */
  readonly push?: ComponentPush
  /** Only these addresses get tokens, others errcode 61004. Default: none named, all may. */
  readonly ipAllowList?: readonly string[]
}

/** The URL of a third-party platform for authorization events (授权事件接收 URL): always encrypted XML. */
export interface ComponentPush {
  readonly url: string
  /** 3 to 32 letters and digits. */
  readonly token: string
  /** 43 characters of A-Z, a-z, 0-9, + and /. */
  readonly encodingAesKey: string
}

/** What stands between an app and the platform; nothing does at first. */
export interface AccountConditions {
  /** Only these addresses (`203.0.113.7`, `203.0.113.0/24`) get an access_token, others errcode 40164. Default: none named, all may. */
  readonly ipAllowList?: readonly string[]
  /** The AppSecret is frozen: no access_token for it (40243). Default: false. */
  readonly secretFrozen?: boolean
  /** `limited`: every API refuses with 50002; `punished`: no access_token, 50004; `frozen`: every API, 50007. Default: `good`. */
  readonly standing?: 'good' | 'limited' | 'punished' | 'frozen'
  /**
   * Whether the admin must confirm the address that asks for an access_token: `asked` and not answered yet (89503), or
   * refused for a day (89506) or an hour (89507) by the emulator's clock, after which they are asked again. Default: `none`.
   */
  readonly ipConfirmation?: 'none' | 'asked' | 'refused-for-a-day' | 'refused-for-an-hour'
  /** APIs that the account does not have (48001). Default: none. */
  readonly notGranted?: readonly EndpointName[]
  /** APIs that were taken from it (48004). Default: none. */
  readonly banned?: readonly EndpointName[]
}

/** `quick`: the button `getPhoneNumber`; `realtime`: `getRealtimePhoneNumber`. Each is paid for by itself. */
export type PhoneComponent = 'quick' | 'realtime'

/** What an app owes for one phone component. */
export interface ComponentBill {
  /** Of the first 1000 calls, which cost nothing. */
  readonly trialLeft: number
  readonly boughtLeft: number
  /** Successes that reached a page. */
  readonly successes: number
  /** Those that took a bought call. */
  readonly paidCalls: number
  /** The standard price of one call in CNY. */
  readonly priceYuan: number
  /** `paidCalls` at that price. */
  readonly costYuan: number
}

export interface Bill {
  readonly appId: string
  /** Governments, non-profits and the like pay nothing. */
  readonly free: boolean
  readonly quick: ComponentBill
  readonly realtime: ComponentBill
  readonly totalYuan: number
}

/** What can be set in a {@link Bill}; the rest stays. Without trial and bought calls a tap fails with errno 1400001. */
export interface BillingChange {
  readonly free?: boolean
  readonly quick?: Partial<Pick<ComponentBill, 'trialLeft' | 'boughtLeft'>>
  readonly realtime?: Partial<Pick<ComponentBill, 'trialLeft' | 'boughtLeft'>>
}

export interface EmulatorClock {
  /** Milliseconds since 1970. */
  now(): number
}

/** One sentence in each language. */
export interface Sentence {
  readonly zh: string
  readonly en: string
}

/**
 * Points that no public source settles. Each has the reading that we think likely and a switch to the other one;
 * `LIMITS.md` lists them.
 */
export interface UnverifiedPoints {
  /**
   * How getuserphonenumber refuses a code of another user than `openid`. Default: 40029, an errcode.
   * `'ignored'`: as the platform was before it knew the field.
   */
  readonly openIdMismatch?: number | 'ignored'
  /** What checkencryptedmsg expects the SHA-256 of. Default: `'text'`, the Base64 text; `'bytes'`: what it decodes to. */
  readonly encryptedMsgHash?: 'text' | 'bytes'
  /** How `countryCode` is written. Default: `'text'` as the reference says; `'number'` as older samples show it. */
  readonly countryCode?: 'text' | 'number'
  /**
   * What a frozen AppSecret stops. Default: `'tokens'`, getting an access_token, as the announcement says;
   * `'everything'`: every call that sends the secret, login included.
   */
  readonly frozenSecret?: 'tokens' | 'everything'
  /** How often the session_key of one user can be reset within a minute (45011). Default: 10. */
  readonly resetsPerMinute?: number
  /**
   * Which authorizer_refresh_token api_authorizer_token answers. Default: `'same'`, the one that was sent; `'new'`: another
   * one, and the former is dead (61023).
   */
  readonly authorizerRefreshToken?: 'same' | 'new'
}

export interface EmulatorOptions {
  readonly apps: readonly EmulatedApp[]
  readonly people: readonly EmulatedPerson[]
  /**
   * Default: a clock of its own that starts at the system time and runs with it; `control.clock` moves it.
   * Give one to drive the time from outside.
   */
  readonly clock?: EmulatorClock
  /**
   * Where the emulator's own clock starts: milliseconds since 1970, or a time such as `2026-11-20T08:00:00Z`. Default: the
   * system time.
   */
  readonly startAt?: number | string
  /**
   * Control calls to make at the start and after each reset, in order; each is `{ route: body }` with the routes and bodies
   * of the HTTP control API: `{ decisions: { personId: 'lin', decision: { decision: 'deny' } } }`. Default: none.
   */
  readonly setup?: readonly Readonly<Record<string, unknown>>[]
  /** Takes WeChat's message push to the developer's server. Default: the global `fetch`. */
  readonly deliver?: (request: Request) => Promise<Response>
  /** The same seed and clock give the same codes, keys and bytes. Default: 1. */
  readonly seed?: number
  /** How old a session_key must be before `wx.login` replaces it, in milliseconds. Default: 300000 (5 minutes); 0 rotates each time. */
  readonly minKeyAgeMs?: number
  /** How long an unused session_key stays valid, in milliseconds; each login or tap starts it anew. Default: 259200000 (3 days). */
  readonly keyLifeMs?: number
  readonly unverified?: UnverifiedPoints
  /** How errmsg names the call. Default: `'rid'`, as today; `'req_id'`: `hints: [ req_id: … ]`, as it was before 2020. */
  readonly errmsgIds?: 'rid' | 'req_id'
}

/** One thing that happened, told in our words; `cause` says why when the reason is not in the answer. */
export interface JournalEntry {
  /** Counts from 1. */
  readonly id: number
  /** Milliseconds, by the emulator's clock. */
  readonly at: number
  /** `wx`: in the mini program; `http`: a call of the server API; `platform`: inside WeChat; `control`: you did it. */
  readonly side: 'wx' | 'http' | 'platform' | 'control'
  /** Such as `wx.login`, `GET /sns/jscode2session`, `session-key-made`, `clock-moved`. */
  readonly what: string
  readonly appId?: string
  readonly personId?: string
  readonly text: Sentence
  /** Facts for tests and for the page; never a secret, a key or a whole code (first 6 characters at most). */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
  readonly ok: boolean
}

/** What a person does when WeChat's sheet asks for a phone number; `never`: leaves it open without an answer. */
export type PhoneDecision = PhoneAnswer | { readonly decision: 'never' }

/** What closes the sheet. */
export type PhoneAnswer =
  | { readonly decision: 'allow' /** Index in the person's phones. Default: 0. */; readonly phone?: number }
  | { readonly decision: 'add'; readonly phone: EmulatedPhone }
  | { readonly decision: 'deny' }
  | { readonly decision: 'cancel' }

/** What WeChat's sheet shows; whoever draws it answers with a {@link PhoneDecision}. */
export interface PhoneSheet {
  readonly appId: string
  readonly appName: string
  readonly phones: readonly { readonly countryCode: string; readonly masked: string }[]
}

/** `e.detail` of the phone button. */
export interface PhoneEventDetail {
  readonly errMsg: string
  readonly errno?: number
  readonly code?: string
  readonly encryptedData?: string
  readonly iv?: string
}

/** `e.detail` of a `chooseAvatar` button. */
export interface WxAvatarDetail {
  readonly errMsg: string
  readonly errno?: number
  /** A temporary path: upload it at once. */
  readonly avatarUrl?: string
}

/** The sheet is open since `openedAt` (by WeChat's clock: the phone code's five minutes start here), or is refused. */
export type PhoneSheetOpening =
  | { readonly sheet: PhoneSheet; readonly openedAt: number }
  | {
      readonly failure: { readonly errMsg: string; readonly errno?: number }
      /** WeChat tells the person that the calls of this app are used up, unless the button says `phone-number-no-quota-toast="false"`. */
      readonly notice?: 'no-quota'
    }

/** Who uses which mini program: the identity of a WeChat app on a phone. */
export interface WechatUse {
  readonly appId: string
  readonly personId: string
}

/**
 * What the WeChat app on the phone asks WeChat's own servers. The runtime in `src/wx` knows only this port:
 * in one process it is the platform itself, in the browser it is HTTP to the emulator (`/_emulator/wx/...`).
 */
export interface WechatCloud {
  login(use: WechatUse): Promise<{ readonly code: string }>
  checkSession(use: WechatUse): Promise<{ readonly valid: boolean }>
  /** What the sheet shows, or why it does not open (then the event fails with it). */
  openPhoneSheet(use: WechatUse, component?: PhoneComponent): Promise<PhoneSheetOpening>
  /** Makes the payload of the event after the person decided. `openedAt` is what {@link openPhoneSheet} said. */
  closePhoneSheet(use: WechatUse, decision: PhoneAnswer, openedAt: number): Promise<PhoneEventDetail>
  /** What the person has agreed to so far. */
  consents(use: WechatUse): Promise<Consents>
  /** The person answered for these scopes. */
  setScopes(use: WechatUse, scopes: Readonly<Record<string, boolean>>): Promise<void>
  /** The person agreed to the privacy guideline. */
  agreePrivacy(use: WechatUse): Promise<void>
  /** The payload of getUserInfo and getUserProfile, made with the session_key of this moment. */
  userInfo(use: WechatUse, question: UserInfoQuestion): Promise<UserInfoPayload>
  /** `getUserCryptoManager().getLatestUserKey`. */
  latestUserKey(use: WechatUse): Promise<LatestUserKey>
  /**
   * The person took the mini program from the list of recent ones (`recent`: the agreement to the guideline is gone), or
   * deleted it (`deleted`: scopes are gone too).
   */
  remove(use: WechatUse, how: 'recent' | 'deleted'): Promise<void>
  /** Lets the runtime write what the mini program did into the journal. */
  note(use: WechatUse, entry: Pick<JournalEntry, 'what' | 'text' | 'facts' | 'ok'>): Promise<void>
}
