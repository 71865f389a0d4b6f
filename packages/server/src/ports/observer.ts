import type { ConsentScope, PhoneChange, PhoneSource, ProblemCode, SignInWay } from '@weapp-auth/protocol/contract'
import type { ShedReason } from '../domain/admission.ts'
import type { Erased } from '../domain/erasable.ts'
import type { SessionEnd } from './session-store.ts'
import type { SmsOutcome } from './sms-provider.ts'

/**
 * What the server tells about its work: the journal of the phone simulator, logs and metrics are made from it.
 * No event carries a secret, a code, a token or a plain phone number.
 */
export type ServerEvent =
  | {
      readonly type: 'request'
      readonly requestId: string
      readonly method: string
      /** The route's pattern, never the raw URL. */
      readonly route: string
      /** The mini program that it names or whose session it has; a name that nobody serves is not checked yet. */
      readonly appId?: string
      readonly status: number
      readonly code?: ProblemCode
      readonly durationMs: number
    }
  /** Requests were refused because there are too many, together at most once a second; they have no `request` event. */
  | {
      readonly type: 'requests-shed'
      readonly reason: ShedReason
      readonly count: number
      /** Requests that are being answered. */
      readonly underWay: number
      /** The longest that requests of one turn of the event loop have taken of late. */
      readonly waitedMs: number
    }
  | { readonly type: 'user-created'; readonly requestId: string; readonly appId: string; readonly userId: string }
  | {
      readonly type: 'login-recorded'
      readonly requestId: string
      readonly appId: string
      readonly userId: string
      readonly loginId: string
      /** True when a session_key was sealed and kept (openData is on). */
      readonly keyKept: boolean
    }
  /** A login of an app that is served came to nothing. */
  | {
      readonly type: 'login-refused'
      readonly requestId: string
      readonly appId: string
      readonly code: ProblemCode
    }
  /** A number was not bound. */
  | {
      readonly type: 'phone-refused'
      readonly requestId: string
      readonly appId: string
      readonly userId: string
      /** How it should have been proved. */
      readonly source: PhoneSource
      readonly code: ProblemCode
    }
  | {
      readonly type: 'phone-recorded'
      readonly requestId: string
      readonly appId: string
      readonly userId: string
      readonly change: PhoneChange
      readonly source: PhoneSource
      readonly masked: string
    }
  /** A number went from one user to another (`phoneConflict: 'transfer'`): tell both. */
  | {
      readonly type: 'phone-transferred'
      readonly requestId: string
      readonly appId: string
      /** Who has it now, and who had it before. */
      readonly userId: string
      readonly fromUserId: string
      readonly masked: string
    }
  /**
   * WeChat vouched for a number that was given at a time which cannot be: the clock of this machine is wrong. Ciphertexts
   * and pushed messages are refused then, see NTP.
   */
  | {
      readonly type: 'clock-skew'
      readonly requestId: string
      readonly appId: string
      /** How far our clock is ahead of WeChat's, about; negative: behind. */
      readonly aheadMs: number
    }
  /** WeChat gave an access_token, for a mini program or a third-party platform. */
  | {
      readonly type: 'access-token-renewed'
      readonly appId: string
      /** Counts the tokens that all processes have had. */
      readonly generation: number
    }
  /**
   * WeChat refuses an access_token of ours that should live on, and none of our processes has renewed it: another program
   * with the same AppSecret did, by force (`stable_token` with `force_refresh`), or the AppSecret was reset.
   */
  | {
      readonly type: 'access-token-lost'
      readonly appId: string
      readonly generation: number
      /** How long it should have lived. */
      readonly leftMs: number
    }
  | {
      readonly type: 'open-data-refused'
      readonly requestId: string
      readonly appId: string
      readonly loginId: string
      readonly burnt: boolean
    }
  /** Only with `openData: 'monitor'`: WeChat did not confirm the ciphertext, or could not be asked. */
  | {
      readonly type: 'open-data-doubted'
      readonly requestId: string
      readonly appId: string
      readonly loginId: string
      readonly reason: 'unknown' | 'unreachable'
    }
  | {
      readonly type: 'sms-sent'
      readonly requestId: string
      readonly appId: string
      readonly userId: string
      /** Name of the provider, and its name of the message. */
      readonly provider: string
      readonly messageId?: string
      readonly masked: string
    }
  /** The provider did not confirm a message; with `unknown` it may have been sent. */
  | {
      readonly type: 'sms-failed'
      readonly requestId: string
      readonly appId: string
      readonly userId: string
      readonly provider: string
      readonly masked: string
      readonly status: Exclude<SmsOutcome['status'], 'sent'>
      /** The provider's own code. */
      readonly reason: string
    }
  /** A day's budget of what is paid for has reached four fifths or its end; told once each. */
  | {
      readonly type: 'budget-alarm'
      readonly requestId: string
      readonly appId: string
      readonly budget: 'phone' | 'sms'
      readonly used: number
      readonly limit: number
      readonly percent: 80 | 100
    }
  | { readonly type: 'session-rotated'; readonly requestId: string; readonly sessionId: string }
  /** Its access tokens live on for up to ten minutes wherever nobody asks; `erased` with its user. */
  | {
      readonly type: 'session-ended'
      /** Or the job that ended it. */
      readonly requestId: string
      readonly sessionId: string
      readonly reason: SessionEnd | 'erased'
    }
  | {
      readonly type: 'profile-recorded'
      readonly requestId: string
      readonly appId: string
      readonly userId: string
      readonly field: 'nickname' | 'avatar'
      readonly cleared: boolean
    }
  | {
      readonly type: 'consent-recorded'
      readonly requestId: string
      readonly appId: string
      readonly userId: string
      readonly scope: ConsentScope
      readonly status: 'given' | 'withdrawn'
      readonly version: string | null
      /** The line was there before. */
      readonly repeated: boolean
    }
  /** `appId`: where the user asked for it; `null`: an operator did it. */
  | { readonly type: 'user-erased'; readonly requestId: string; readonly appId: string | null; readonly userId: string }
  /** An operator keeps a user out, or lets them in again. */
  | { readonly type: 'user-blocked'; readonly requestId: string; readonly userId: string }
  | { readonly type: 'user-unblocked'; readonly requestId: string; readonly userId: string }
  /** A unionid arrived late, when another user had it already: one person with two accounts, which may be merged. */
  | {
      readonly type: 'union-id-conflict'
      readonly requestId: string
      readonly appId: string
      readonly userId: string
      readonly otherUserId: string
    }
  /** Two users became one (`by` the person who holds both, or an operator), or two again: tell both. */
  | ({ readonly type: 'users-merged' } & MergeFacts)
  | ({ readonly type: 'merge-undone' } & MergeFacts)
  /** WeChat told of a user's authorization, or a third-party platform of itself; it was kept, unless it came before. */
  | {
      readonly type: 'push-received'
      readonly requestId: string
      readonly appId: string
      readonly event: PushedEvent
      readonly repeated: boolean
    }
  /** A genuine message that asks for nothing here. */
  | {
      readonly type: 'push-ignored'
      readonly requestId: string
      readonly appId: string
      readonly reason: PushIgnored
    }
  /** A message that is not WeChat's, or Token, EncodingAESKey, mode or clock are not as they are set at WeChat. */
  | {
      readonly type: 'push-refused'
      readonly requestId: string
      readonly appId: string
      readonly reason: PushRefusal
    }
  /** A job was done. What is named in `revoked` and not kept here (an address, a location) is for you to erase. */
  | {
      readonly type: 'job-done'
      readonly jobId: string
      readonly appId: string
      readonly kind: string
      /** `null`: this server knows no such user. */
      readonly userId: string | null
      readonly revoked: readonly string[]
      readonly erased: Erased
      /** Line of the audit log that proves it. */
      readonly auditSeq: number
    }
  /** A job failed and is tried again; it is never given up. */
  | {
      readonly type: 'job-failed'
      readonly jobId: string
      readonly appId: string
      readonly kind: string
      readonly attempts: number
      readonly retryInMs: number
      /** Class of the error. */
      readonly name: string
    }
  /** Somebody tried to sign in to the console; who it was, if anybody, stands in the audit log. */
  | {
      readonly type: 'operator-sign-in'
      readonly requestId: string
      readonly way: SignInWay
      readonly outcome: 'signed-in' | 'refused'
    }
  /** Where the audit log stands, once a day: a copy elsewhere proves later that nothing before it was changed. */
  | { readonly type: 'audit-anchor'; readonly seq: number; readonly hash: string }
  /** Something broke behind the problem of this request: what an operator needs to mend it. */
  | {
      readonly type: 'fault'
      readonly requestId: string
      readonly code: ProblemCode
      /** Class of the error, such as `WechatFault`. */
      readonly name: string
      /** Our name of the WeChat call, its errcode and request id, when WeChat was the reason. */
      readonly api?: string
      readonly errcode?: number
      readonly rid?: string
      /** Where it was thrown: functions and files, never the error's own text, which could quote a value. */
      readonly frames: readonly string[]
    }

type PushedEvent =
  | 'profile-modified'
  | 'authorization-revoked'
  | 'account-cancelled'
  /** Of a third-party platform: `appId` is then the platform's. */
  | 'component-ticket'
  | 'component-authorized'
  | 'component-unauthorized'

/** `no-openid`: WeChat did not say whom it is about; `plugin`: the data was given to a plugin, not to the app. */
export type PushIgnored = 'other-event' | 'no-openid' | 'plugin'

/**
 * `stale`: the time of the message is not ours; `encrypted` and `not-encrypted`: the other mode than the policy's;
 * `ciphertext`: it does not open, or is for another app; `replayed`: its signature was used for another event before.
 */
export type PushRefusal =
  | 'signature'
  | 'stale'
  | 'encrypted'
  | 'not-encrypted'
  | 'ciphertext'
  | 'wrong-app'
  | 'replayed'

interface MergeFacts {
  readonly requestId: string
  readonly mergeId: string
  /** Who stays, and who was merged. */
  readonly userId: string
  readonly mergedUserId: string
  readonly by: 'user' | 'operator'
  readonly sessionsEnded: number
}

/** Must not throw and must return at once. */
export type Observe = (event: ServerEvent) => void
