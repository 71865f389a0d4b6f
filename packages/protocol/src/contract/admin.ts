// Reads better whole: requests and answers of the operators' API, in the order of its paths.
import type {
  Consent,
  ConsentScope,
  Device,
  ExportAnswer,
  Listed,
  Merge,
  MergeConflict,
  Phone,
  Profile,
} from './answers.ts'
import type { Sentence } from './sentence.ts'

/**
 * - `viewer` reads, with numbers and names masked;
 * - `support` also reveals, exports, erases and merges users and ends their sessions;
 * - `admin` also changes apps.
 */
export type OperatorRole = 'viewer' | 'support' | 'admin'

export interface OperatorAnswer {
  readonly name: string
  readonly role: OperatorRole
}

/** `merged` users live on in another one, `erased` ones are gone but for their id. */
export type UserStatus = 'live' | 'erased' | 'merged'

/** A user in a list. */
export interface ListedUser {
  readonly id: string
  readonly status: UserStatus
  readonly createdAt: string
  /** When they were erased or merged. */
  readonly goneAt: string | null
  readonly mergedInto: string | null
  /** The current number, masked. */
  readonly phone: MaskedPhone | null
}

export interface ListUsersAnswer extends Listed {
  readonly users: readonly ListedUser[]
}

export interface SearchUsersRequest {
  /** A user id, an openid, a unionid, or a phone number (`+8613800138000`, or 11 digits of the mainland). */
  readonly q: string
}

export interface SearchUsersAnswer {
  /** What `q` was found to be; `null` when nobody was found. */
  readonly by: 'id' | 'open-id' | 'union-id' | 'phone' | null
  /** At most 100. */
  readonly users: readonly ListedUser[]
}

export type MaskedPhone = Omit<Phone, 'number'>

export interface OperatorSession {
  readonly id: string
  readonly appId: string
  readonly device: Device
  readonly createdAt: string
  readonly refreshedAt: string
  readonly expiresAt: string
}

export interface OperatorUserAnswer {
  readonly user: ListedUser
  readonly identities: readonly { readonly appId: string; readonly openId: string; readonly unionId: string | null }[]
  /** Since when, by whom and why they are kept out; `null`: they are not. */
  readonly blocked: UserBlock | null
  /** The newest first, with history. */
  readonly phones: readonly MaskedPhone[]
  readonly profile: { readonly nickname: string | null; readonly avatar: boolean }
  /** Live ones, the newest 100. */
  readonly sessions: readonly OperatorSession[]
  /** The newest first, at most 100. */
  readonly consents: readonly Consent[]
  /** The merges they survived. */
  readonly merges: readonly Merge[]
}

/** Why an operator does it: 4 to 200 characters, such as the number of a ticket; no personal data. */
interface Reasoned {
  readonly reason: string
}

export interface UserBlock {
  readonly at: string
  readonly by: string
  readonly reason: string
}

export type BlockUserRequest = Reasoned
export interface BlockUserAnswer {
  readonly blocked: UserBlock | null
  /** Sessions that ended with it. */
  readonly ended: number
}

export type RevealRequest = Reasoned
export type OperatorExportRequest = Reasoned
export type OperatorExportAnswer = ExportAnswer

export interface RevealAnswer {
  readonly phones: readonly Phone[]
  readonly profile: Profile
}

export interface OperatorEraseRequest extends Reasoned {
  /** Repeat a lost request with the same one. */
  readonly nonce: string
}

export interface EndSessionsRequest {
  /** One session; absent: all. */
  readonly session?: string
}

export interface EndSessionsAnswer {
  readonly ended: number
}

export interface OperatorMergePreviewRequest {
  /** Id of the user who would be merged into the one of the path. */
  readonly from: string
}

export interface OperatorMergeRequest extends Reasoned {
  readonly from: string
  readonly nonce: string
}

export interface OperatorMergeUndoRequest extends Reasoned {
  readonly mergeId: string
}

export interface OperatorMergePreviewAnswer {
  readonly survivor: OperatorUserAnswer
  readonly merged: OperatorUserAnswer
  readonly conflicts: readonly MergeConflict[]
}

export interface OperatorMergeAnswer {
  readonly merge: Merge
}

/** A mini program as operators see it: no secret. */
export interface OperatorApp {
  readonly appId: string
  /** `options`: it can be changed there only. */
  readonly from: 'options' | 'store'
  /** Eight digits of the SHA-256 of the AppSecret; `null` for apps of the options, and of a third-party platform. */
  readonly secretDigest: string | null
  /** Of its last change; to be sent back with the next one. */
  readonly version: number | null
  readonly changedAt: string | null
  /** `null` when the row does not open with the keys at hand. */
  readonly policy: OperatorAppPolicy | null
}

export interface OperatorAppPolicy {
  readonly name: string
  /** The third-party platform that acts for the app, and no AppSecret does; `null`: none. */
  readonly component: string | null
  readonly openData: 'off' | 'enforce' | 'monitor' | 'unchecked'
  readonly phoneConflict: 'keep-both' | 'reject' | 'transfer'
  readonly phoneCoolDownMs: number
  readonly phoneBudget: number | null
  readonly consentVersion: string | null
  readonly sms: 'off' | 'on'
  readonly smsCountries: readonly string[]
  readonly smsLimits: {
    readonly perNumber: number
    readonly perUser: number
    readonly perIp: number
    readonly perApp: number
  }
  /** How messages come, without Token and EncodingAESKey; `null`: none are taken. */
  readonly push: null | { readonly encrypted: boolean; readonly delayMs: number }
  readonly legacy: null | {
    readonly doors: readonly { readonly format: string; readonly step: 'login' | 'phone'; readonly path: string }[]
    readonly tokenHeader: string
    readonly exposeOpenId: boolean
  }
}

export interface OperatorAppsAnswer {
  readonly apps: readonly OperatorApp[]
}

export interface OperatorAppAnswer {
  readonly app: OperatorApp
}

/**
 * - `ok`; `failed`: it does not work, and `fix` says what to do; `attention`: it works, with something to know;
 * - `unknown`: it could not be found out, because a step before it failed.
 */
export type AppCheckState = 'ok' | 'failed' | 'attention' | 'unknown'

export interface AppCheckStep {
  readonly step: 'app-id' | 'secret' | 'ip-allow-list' | 'phone' | 'push'
  readonly state: AppCheckState
  /** What was found, and what to do about it; `null`: nothing. */
  readonly message: Sentence
  readonly fix: Sentence | null
  /** What WeChat answered. */
  readonly errcode: number | null
  /** WeChat's request id, to quote to its support. */
  readonly rid: string | null
  /** The address that WeChat saw, when it is not on the list of the app. */
  readonly ip: string | null
}

/** In the order in which they are to be mended. */
export interface AppCheckAnswer {
  readonly steps: readonly AppCheckStep[]
}

/** What came to the push URL of an app. */
export interface PushArrival {
  readonly at: string
  /** The check of the URL, or a message. */
  readonly what: 'url-check' | 'message'
  readonly outcome: 'taken' | 'repeated' | 'ignored' | 'refused'
  /** The event of a message that was taken; why one was ignored or refused. */
  readonly detail: string | null
}

export interface AppPushAnswer {
  /** What is entered at WeChat. */
  readonly url: string
  /** The newest first, at most 5, since this process began. */
  readonly arrivals: readonly PushArrival[]
  /** Whether there is an emulator that can push. */
  readonly canTest: boolean
}

export interface AppPushTestAnswer {
  /** `unavailable`: no emulator serves this app. */
  readonly status: 'accepted' | 'refused' | 'unavailable'
  /** How the sender took the answer. */
  readonly message: Sentence | null
}

export interface OperatorKey {
  readonly kind: 'root' | 'signing'
  readonly name: string
  /** `current` seals or signs, `former` opens or verifies, `staged` waits to become current. */
  readonly use: 'current' | 'staged' | 'former'
  readonly since: string | null
  /** Rows that only this root key opens or finds; `null` for signing keys and for the current one. */
  readonly left: null | {
    readonly users: number
    readonly phones: number
    readonly apps: number
    readonly jobs: number
  }
}

export interface OperatorKeysAnswer {
  readonly keys: readonly OperatorKey[]
}

export interface ConsentCount {
  readonly appId: string
  readonly scope: ConsentScope
  readonly version: string | null
  readonly given: number
  readonly withdrawn: number
}

/** The time an answer is about: whole hours, or whole days of Beijing when it is longer than seven days. */
export interface Period {
  readonly from: string
  readonly to: string
  readonly unit: 'hour' | 'day'
}

export interface ConsentCountsAnswer extends Period {
  readonly consents: readonly ConsentCount[]
}

export interface AuditLine {
  readonly seq: number
  readonly at: string
  readonly actor: 'wechat' | 'operator' | 'user' | 'backend' | 'server'
  readonly act: string
  readonly appId: string | null
  readonly subject: string | null
  readonly details: Readonly<Record<string, unknown>>
  readonly hash: string
}

/** The newest first. */
export interface AuditLinesAnswer extends Listed {
  readonly lines: readonly AuditLine[]
}

export interface AuditPlace {
  readonly seq: number
  readonly hash: string
}

export type AuditVerificationAnswer =
  /** Every line up to `head` is as it was written; `unfinished`: ask again with `seq` and `hash` of `head`. */
  | { readonly status: 'intact' | 'unfinished'; readonly head: AuditPlace }
  | {
      readonly status: 'broken'
      readonly seq: number
      readonly flaw: 'missing' | 'unlinked' | 'changed' | 'truncated' | 'not-anchored'
    }

export interface OperatorJob {
  readonly id: string
  readonly kind: string
  readonly appId: string
  readonly eventAt: string
  /** When it is tried, or tried again; `null` once it is done. */
  readonly dueAt: string | null
  readonly attempts: number
  readonly doneAt: string | null
  /** Line of the audit log that proves it. */
  readonly auditSeq: number | null
}

export interface OperatorJobsAnswer extends Listed {
  readonly jobs: readonly OperatorJob[]
}

/** Counts of one time and one app. */
export interface Funnel {
  readonly logins: number
  readonly newUsers: number
  /** By code of the refusal. */
  readonly loginsRefused: Readonly<Record<string, number>>
  /** Numbers that were proved, by way. */
  readonly phones: Readonly<Record<string, number>>
  /** By way and code, such as `phone-code phone_code_invalid`. */
  readonly phonesRefused: Readonly<Record<string, number>>
  /** What WeChat answered, by call and outcome, with the errcode behind a fault: `codeToSession misconfigured 40125`. */
  readonly wechat: Readonly<Record<string, number>>
  /** Generations of the access_token: that WeChat gave us, and that somebody else ended by force long before their time. */
  readonly tokensRenewed: number
  readonly tokensLost: number
  /** What phones told of their buttons; absent when none did. Anybody can tell such counts, so nothing hangs on them. */
  readonly client?: ClientFunnel
}

/** From the phone button on the screen to the number at the server. */
export interface ClientFunnel {
  readonly shown: number
  readonly tapped: number
  readonly agreed: number
  /** By cause: `declined` by the user, `notPermitted`, `quota`, `privacy`, `other`. */
  readonly declined: Readonly<Record<string, number>>
  readonly bound: number
  /** First taps since a launch, and those of them that brought the number. */
  readonly firstTapped: number
  readonly firstBound: number
  /** `firstBound` of `firstTapped`, from 0 to 1; `null` when nobody tapped. */
  readonly firstTapShare: number | null
}

export interface FunnelAnswer extends Period {
  readonly total: Funnel
  /** One for each hour or day in which something happened, the oldest first. */
  readonly steps: readonly (Funnel & { readonly at: string })[]
}

/** What operators should look at. */
export type OperatorAlarm =
  /** Within 24 hours so many access_tokens died that should have lived: another program renews them by force. */
  | { readonly kind: 'token-lost'; readonly appId: string; readonly count: number }
  /** Four fifths of today's paid numbers are used, or all. */
  | { readonly kind: 'budget'; readonly appId: string; readonly used: number; readonly budget: number }
  /** WeChat does not answer for this app, and is not asked for some seconds; as the process that answers sees it. */
  | { readonly kind: 'wechat-away'; readonly appId: string }
  /** Within the last hour WeChat told a time that cannot be; positive: our clock is ahead. */
  | { readonly kind: 'clock-skew'; readonly aheadMs: number }

export interface AlarmsAnswer {
  readonly alarms: readonly OperatorAlarm[]
}

/** How long something took, in milliseconds; each figure is at most 12.3 % off, and half a millisecond below 1 ms. */
export interface Latency {
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** By method and route of ours, such as `POST /v1/login`; or by the call of WeChat, such as `codeToSession`. */
export type LatencyTable = Readonly<Record<string, Latency>>

export interface LatencyAnswer extends Period {
  /** `own`: from the request to our answer; `wechat`: one request to WeChat, a repetition for itself. */
  readonly total: { readonly own: LatencyTable; readonly wechat: LatencyTable }
  /** One for each hour or day in which something was measured, the oldest first. */
  readonly steps: readonly { readonly at: string; readonly own: LatencyTable; readonly wechat: LatencyTable }[]
}

export interface CostAnswer extends Period {
  /** Yuan for one number. */
  readonly price: number
  /** Phone codes that WeChat exchanged for a number. */
  readonly paidPhones: number
  /** Yuan. */
  readonly amount: number
  /** Yuan for thirty days that are like these. */
  readonly monthly: number
  /** Messages that were handed to the provider; what one costs, it knows. */
  readonly messages: number
  readonly apps: readonly {
    readonly appId: string
    readonly paidPhones: number
    readonly amount: number
    readonly messages: number
    /** Paid numbers since midnight in Beijing, and how many there may be; `null`: no ceiling. */
    readonly today: number
    readonly budget: number | null
  }[]
  readonly steps: readonly { readonly at: string; readonly paidPhones: number; readonly messages: number }[]
}
