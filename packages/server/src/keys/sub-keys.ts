import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import type { RootKey } from './keyring.ts'

/** What a sub-key may be used for. The labels are part of the data format: they never change. */
export type SubKeyLabel =
  | 'wrap/user'
  | 'wrap/app-secret'
  | 'seal/grant'
  | 'mac/refresh'
  | 'mac/session-key'
  | 'seal/handle'
  | 'mac/handle'
  | 'mac/attempt'
  | 'mac/sms'
  | 'mac/merge'
  | 'mac/counter'
  | 'mac/operator'
  | 'seal/job'
  | 'check'
  | `bidx/phone/${string}`

/** One root key's sub-keys, each made once and kept as a prepared key. */
export interface SubKeys {
  readonly id: number
  of(label: SubKeyLabel): KeyObject
}

/** HKDF-SHA-256 (RFC 5869) without salt: the root key is uniformly random, the label separates the uses. */
export function createSubKeys({ id, secret }: RootKey): SubKeys {
  const made = new Map<SubKeyLabel, KeyObject>()
  return {
    id,
    of(label) {
      let key = made.get(label)
      if (!key) {
        key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', label, 32)))
        made.set(label, key)
      }
      return key
    },
  }
}

/** HMAC-SHA-256. */
export function mac(key: KeyObject, message: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(message).digest()
}

/** What tells two root keys apart without telling either. */
export function keyCheck(keys: SubKeys): Buffer {
  return mac(keys.of('check'), 'weapp-auth root key')
}
