import type { Phone, Profile, User } from '@weapp-auth/protocol/contract'
import { isoTime } from './phone-answer.ts'

/**
 * The user as they read themselves; the time in milliseconds.
 *
 * @example
 * userAnswer({ id, createdAt: 0 }, null, { nickname: null, avatarUrl: null }).createdAt // '1970-01-01T00:00:00.000Z'
 */
export function userAnswer(
  { id, createdAt }: { readonly id: string; readonly createdAt: number },
  phone: Phone | null,
  profile: Profile,
): User {
  return { id, phone, profile, createdAt: isoTime(createdAt) }
}
