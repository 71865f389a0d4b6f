import type { Budget } from './budget-store.ts'
import type { Claim, ClaimOutcome } from './store.ts'

/** A message with a one-time code, on its way or sent. */
export interface SmsRow {
  readonly id: string
  readonly appId: string
  readonly userId: string
  /** E.164, sealed with the user's data key. */
  readonly sealedNumber: Uint8Array
  readonly countryCode: string
  readonly openedAt: number
  readonly expiresAt: number
  /** `null` while the provider works on it, and after a crash in the middle. */
  readonly sentAt: number | null
}

export interface OpenSms {
  readonly sms: Omit<SmsRow, 'sentAt'>
  /** Keyed hash of the client's nonce with user and number: tells a retry from another message. */
  readonly attempt: Uint8Array
  /** Keyed hash of the code with id, app, user and number. */
  readonly codeHash: Uint8Array
  /** Until when the row must be kept. */
  readonly until: number
  /** One of each is taken. */
  readonly budgets: readonly Budget[]
}

export type OpenSmsOutcome =
  /** This caller, and no other, may send it. */
  | { readonly status: 'opened'; readonly used: readonly number[] }
  /** The same attempt came before; nothing was counted. */
  | { readonly status: 'same-attempt'; readonly sms: SmsRow }
  /** A budget is used up until then. Nothing was written. */
  | { readonly status: 'limited'; readonly until: number }

export interface TrySmsCode {
  readonly smsId: string
  readonly now: number
  /** The hash of the code by every root key in use: the message may be older than a rotation. */
  readonly codeHashes: readonly Uint8Array[]
  /** Wrong codes after which the right one is refused as well. */
  readonly mostWrong: number
  /** What a right code takes, of kind `sms-code`; its `attempt` covers the code, so that one nonce is not many guesses. */
  readonly claim: Claim
  readonly staleAfterMs: number
}

export type TrySmsCodeOutcome =
  /** The code was right, now or in the attempt that took it before. */
  | { readonly status: 'right'; readonly claim: ClaimOutcome }
  | { readonly status: 'wrong'; readonly attemptsLeft: number }
  /** Expired, or wrong too often; or there is no such message. */
  | { readonly status: 'over' }

/** One-time codes on their way to a number and back. */
export interface SmsStore {
  /** Race: of any number of callers of one attempt exactly one gets `opened`; the budgets as in `spendBudgets`. */
  openSms(input: OpenSms): Promise<OpenSmsOutcome>
  findSms(smsId: string): Promise<SmsRow | null>
  markSmsSent(smsId: string, now: number): Promise<void>
  /** Forgets a message that was not sent, and gives these budgets back. */
  dropSms(smsId: string, budgets: readonly Pick<Budget, 'name'>[]): Promise<void>
  /**
   * Compares, counts and claims in one step.
   * Race: of any number of callers with wrong codes exactly `mostWrong` are compared; of any number with the right one
   * exactly one gets `claimed`. The wrong code of the attempt before is not counted a second time.
   */
  trySmsCode(input: TrySmsCode): Promise<TrySmsCodeOutcome>
}
