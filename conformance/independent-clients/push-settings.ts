import type { PushEvent, PushSettings } from '@weapp-auth/emulator'
import type { Receiver } from './open-receiver.ts'

export const token = 'pushToken'
/** Its last character carries spare bits, as those of WeChat's console often do. */
export const encodingAesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'
export const otherKey = encodingAesKey.split('').reverse().join('')

/** Secure mode, the one to use. */
export function secure({ url }: Receiver, format: 'json' | 'xml'): PushSettings {
  return { url, token, encodingAesKey, mode: 'secure', format }
}

/** Lin takes the consent for the phone number back. */
export const revoked = { event: 'user_authorization_revoke', personId: 'lin', revokeInfo: '8' } satisfies PushEvent
