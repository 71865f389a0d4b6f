import type { PhoneSource } from '@weapp-auth/protocol/contract'
import { readPhoneNumber } from './phone-number.ts'

/** Somebody who has an account elsewhere, as a file of theirs tells. Times are milliseconds since 1970. */
export interface ImportedUser {
  readonly openId: string
  readonly unionId: string | null
  readonly createdAt: number | null
  readonly phone: null | {
    /** E.164. */
    readonly number: string
    readonly countryCode: string
    /** How it was proved there. */
    readonly source: PhoneSource
    readonly verifiedAt: number
  }
  readonly nickname: string | null
}

/** The columns that are read, apart from `ref`, which only comes back. */
export const importedFields = [
  'openid',
  'unionid',
  'phone',
  'phone_source',
  'phone_verified_at',
  'nickname',
  'created_at',
] as const

export type ImportedField = (typeof importedFields)[number]
export type ImportedFields = Readonly<Partial<Record<ImportedField, string>>>

export type ImportedRead =
  | { readonly status: 'read'; readonly user: ImportedUser }
  /** `must` says what the field must be; what it was is not repeated. */
  | { readonly status: 'wrong'; readonly field: ImportedField; readonly must: Must }

type Must = 'id' | 'number' | 'source' | 'time' | 'time-of-proof'

const id = /^[A-Za-z0-9_-]{1,128}$/
/** With its zone: a time without one would be another on the next machine. */
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/
const sources: readonly PhoneSource[] = ['phone-code', 'open-data', 'sms']

/**
 * Reads a line of another system's users. An empty field is one that is not there. Numbers are E.164, or eleven digits of
 * the mainland; times ISO 8601 with a zone, or whole seconds or milliseconds since 1970.
 *
 * @example
 * await readImportedUser({ openid: 'o1', phone: '13800138000', phone_verified_at: '1790000000' }, Date.now())
 */
export async function readImportedUser(fields: ImportedFields, now: number): Promise<ImportedRead> {
  const { openid = '', unionid = '', nickname = '', phone = '' } = fields
  if (!id.test(openid)) return wrong('openid', 'id')
  if (unionid !== '' && !id.test(unionid)) return wrong('unionid', 'id')
  const createdAt = readTime(fields.created_at, now)
  if (createdAt === undefined) return wrong('created_at', 'time')
  const provedAt = readTime(fields.phone_verified_at, now)
  if (provedAt === undefined) return wrong('phone_verified_at', 'time')
  const source = sources.find(one => one === (fields.phone_source || 'phone-code'))
  if (!source) return wrong('phone_source', 'source')
  const number = phone === '' ? null : await readPhoneNumber(/^1\d{10}$/.test(phone) ? `+86${phone}` : phone)
  if (phone !== '' && !number) return wrong('phone', 'number')
  const verifiedAt = provedAt ?? createdAt
  if (number && verifiedAt === null) return wrong('phone_verified_at', 'time-of-proof')
  const user: ImportedUser = {
    openId: openid,
    unionId: unionid || null,
    createdAt,
    phone: number && verifiedAt !== null ? { ...number, source, verifiedAt } : null,
    nickname: nickname || null,
  }
  return { status: 'read', user }
}

const wrong = (field: ImportedField, must: Must) => ({ status: 'wrong', field, must }) as const

/** `undefined`: no time, or one to come. */
function readTime(text: string | undefined, now: number): number | null | undefined {
  if (!text) return null
  const at = iso.test(text) ? Date.parse(text) : wholeTime(text)
  return at >= 0 && at <= now ? at : undefined
}

function wholeTime(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000
  return /^\d{13}$/.test(text) ? Number(text) : Number.NaN
}
