export interface SmsMessage {
  /** E.164, such as `+8613800138000`. */
  readonly number: string
  /** Six digits. */
  readonly code: string
  /** Minutes until the code expires, for templates that say so. */
  readonly minutes: number
  /** The mini program that asks; one provider may have a template for each. */
  readonly app: { readonly appId: string; readonly name: string }
  readonly requestId: string
}

/**
 * - `sent`: the provider took it; `messageId` names it in the provider's console;
 * - `number-refused`: this number gets no messages from the provider (not a mobile number, unsubscribed, black list);
 * - `number-limited`: the provider has its own limit for each number;
 * - `refused`: the account is not in order (signature, template, balance, keys), nothing was sent;
 * - `unavailable`: the provider could not be reached or is overloaded, nothing was sent;
 * - `unknown`: no answer came, it may have been sent.
 *
 * `reason` is the provider's own code for the operator. It must not hold the number or the code.
 */
export type SmsOutcome =
  | { readonly status: 'sent'; readonly messageId?: string }
  | {
      readonly status: 'number-refused' | 'number-limited' | 'refused' | 'unavailable' | 'unknown'
      readonly reason: string
    }

/** Who sends messages. What `send` throws counts as `unknown`. */
export interface SmsProvider {
  /** For events and logs, such as `tencent`. */
  readonly name: string
  /** Called once for each message. Should answer within ten seconds. */
  send(message: SmsMessage): Promise<SmsOutcome>
}
