import type { Phone, PhoneSource } from '@weapp-auth/protocol/contract'
import { maskPhone } from './mask-phone.ts'

/** What is known of a phone number once it is unsealed; times in milliseconds. */
export interface KnownPhone {
  readonly countryCode: string
  readonly source: PhoneSource
  readonly verifiedAt: number
  readonly replacedAt: number | null
  readonly replacedReason?: 'transferred' | 'merged' | null
}

/**
 * The phone as its owner reads it.
 *
 * @example
 * phoneAnswer({ countryCode: '86', source: 'phone-code', verifiedAt: 0, replacedAt: null }, '+8613800138000').masked
 */
export function phoneAnswer(phone: KnownPhone, number: string): Phone {
  const { countryCode, source, verifiedAt, replacedAt, replacedReason } = phone
  return {
    number,
    masked: maskPhone({ number, countryCode }),
    countryCode,
    source,
    verifiedAt: isoTime(verifiedAt),
    replacedAt: replacedAt === null ? null : isoTime(replacedAt),
    ...(replacedReason ? { replacedReason } : {}),
  }
}

/** ISO 8601, UTC, of milliseconds since 1970. */
export function isoTime(at: number): string {
  return new Date(at).toISOString()
}
