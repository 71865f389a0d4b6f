import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Random } from '../ports/random.ts'
import { digest } from './digest.ts'
import type { Ring } from './ring.ts'
import { keyIdOf, type Place, SealBroken, seal, unseal } from './sealed-record.ts'
import { keyCheck, mac } from './sub-keys.ts'

/** Fields under a user's key are not sealed with a root key: their key id is 0. */
const ownKeyId = 0

/** The data key of one user, in the clear while a request needs it. */
export interface UserKey {
  seal(text: string, place: Omit<Place, 'userId'>): Uint8Array
  /** Throws {@link SealBroken}. */
  open(record: Uint8Array, place: Omit<Place, 'userId'>): string
}

/** What a one-time code belongs to. */
interface SmsCodePlace {
  readonly smsId: string
  readonly appId: string
  readonly userId: string
  readonly number: string
}

/** Everything that is sealed or hashed with the root keys. Root keys never leave it. */
export interface Vault {
  /** A new data key, and the same wrapped by the primary root key for the user's row. */
  createUserKey(userId: string): { readonly key: UserKey; readonly wrapped: Uint8Array }
  /** Throws {@link SealBroken}. */
  openUserKey(user: { readonly id: string; readonly wrappedKey: Uint8Array }): UserKey
  /** Finds a number without reading it: key id (2 bytes) and keyed hash, another one in every app. */
  blindIndex(appId: string, number: string): Uint8Array
  /** Tells whether two session_keys of one user are the same without opening either. */
  sessionKeyFingerprint(appId: string, openId: string, sessionKey: string): Uint8Array
  /** Keyed hash of a one-time code: a million codes would soon be tried against a plain one. */
  smsCodeHash(sms: SmsCodePlace, code: string): Uint8Array
  /** Keyed hash that names a counter, so that the store does not tell whom it counts. */
  counterName(...parts: readonly string[]): Uint8Array
  /** One row for each root key in use, to be compared with what the store remembers. */
  keyChecks(): readonly { readonly id: string; readonly check: Uint8Array }[]
}

/**
 * @example
 * const { key, wrapped } = createVault({ ring: openRing(keys), random }).createUserKey(userId)
 */
export function createVault({ ring, random }: { readonly ring: Ring; readonly random: Random }): Vault {
  return {
    createUserKey(userId) {
      const secret = random.bytes(32)
      const place = wrapPlace(userId)
      const key = ring.primary.of('wrap/user')
      const wrapped = seal({ key, keyId: ring.primary.id, place, plain: secret, nonce: random.bytes(12) })
      return { key: userKey(userId, createSecretKey(secret), random), wrapped }
    },
    openUserKey({ id, wrappedKey }) {
      const key = ring.byId(keyIdOf(wrappedKey)).of('wrap/user')
      const secret = unseal({ key, place: wrapPlace(id), record: wrappedKey })
      return userKey(id, createSecretKey(secret), random)
    },
    blindIndex(appId, number) {
      const { id } = ring.primary
      const hash = mac(ring.primary.of(`bidx/phone/${appId}`), `phone|${number}`)
      return Buffer.concat([Buffer.from([id >>> 8, id & 0xff]), hash])
    },
    sessionKeyFingerprint: (appId, openId, sessionKey) =>
      mac(ring.primary.of('mac/session-key'), `${appId}|${openId}|${sessionKey}`),
    smsCodeHash: ({ smsId, appId, userId, number }, code) =>
      mac(ring.primary.of('mac/sms'), digest('sms-code', smsId, appId, userId, number, code)),
    counterName: (...parts) => mac(ring.primary.of('mac/counter'), digest(...parts)),
    keyChecks: () => ring.all.map(key => ({ id: String(key.id), check: keyCheck(key) })),
  }
}

function wrapPlace(userId: string): Place {
  return { table: 'user', column: 'wrapped_key', appId: '-', userId, row: userId }
}

function userKey(userId: string, key: KeyObject, random: Random): UserKey {
  return {
    seal: (text, place) =>
      seal({ key, keyId: ownKeyId, place: { ...place, userId }, plain: Buffer.from(text), nonce: random.bytes(12) }),
    open(record, place) {
      if (keyIdOf(record) !== ownKeyId) throw new SealBroken()
      return unseal({ key, place: { ...place, userId }, record }).toString()
    },
  }
}
