import type { Phone, User } from '@weapp-auth/protocol/contract'
import type { HandleUse } from '../keys/handles.ts'
import type { OldFields } from './old-fields.ts'

/** The wire format of one source document: which fields its pages send, and which they read. */
export interface OldFormat {
  /** A code for an identity; 003b has no such step. */
  readonly login?: {
    readonly methods: readonly OldMethod[]
    code(fields: OldFields): string
    answer(login: OldLogin): object
  }
  /** A ciphertext for a number. */
  readonly phone: {
    readonly methods: readonly OldMethod[]
    /** Whose ciphertext it is: whom a handle names, or who logs in with a code. */
    user(fields: OldFields, token: string | null): { readonly use: HandleUse; readonly handle: string } | OldCode
    answer(phone: OldPhone): object
  }
}

export type OldMethod = 'GET' | 'POST'

interface OldCode {
  readonly code: string
}

/** What a login can tell an old page. */
interface OldLogin {
  /** A handle, or the real openid where the policy says so. */
  readonly openid: string
  /** Where a page expects `session_key`, or a token. */
  readonly handle: string
  /** Seconds for which handles are good. */
  readonly lives: number
  readonly user: User
  readonly appId: string
}

/** What a confirmed number can tell an old page. */
export interface OldPhone {
  readonly openid: string
  readonly userId: string
  readonly phone: Phone
  readonly appId: string
}

/**
 * A number in WeChat's own four fields, as pages know it from the decryption; `phoneNumber` has the country code only
 * when it is a foreign one.
 */
export function phoneFields({ phone, appId }: Pick<OldPhone, 'phone' | 'appId'>) {
  const { number, countryCode, verifiedAt } = phone
  const purePhoneNumber = number.slice(1 + countryCode.length)
  return {
    phoneNumber: countryCode === '86' ? purePhoneNumber : number.slice(1),
    purePhoneNumber,
    countryCode,
    watermark: { timestamp: Math.floor(Date.parse(verifiedAt) / 1000), appid: appId },
  }
}
