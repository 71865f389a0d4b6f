import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Random } from '../ports/random.ts'
import { digest } from './digest.ts'
import type { Ring } from './ring.ts'
import { keyIdOf, type Place, SealBroken, seal, unseal } from './sealed-record.ts'
import { keyCheck, mac, type SubKeys } from './sub-keys.ts'

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
  /** The same data key wrapped by the primary root key; `null` when it is already. Throws {@link SealBroken}. */
  rewrapUserKey(user: { readonly id: string; readonly wrappedKey: Uint8Array }): Uint8Array | null
  /** Seals what an operator told about an app, its secrets among it, bound to the app id. */
  sealApp(appId: string, text: string): Uint8Array
  /** Throws {@link SealBroken}. */
  openApp(appId: string, record: Uint8Array): string
  /** Finds a number without reading it: key id (2 bytes) and keyed hash, another one in every app. */
  blindIndex(appId: string, number: string): Uint8Array
  /** The same by every root key in use, the primary first: what may have been written before a rotation. */
  blindIndexes(appId: string, number: string): readonly Uint8Array[]
  /** Tells whether two session_keys of one user are the same without opening either. */
  sessionKeyFingerprint(appId: string, openId: string, sessionKey: string): Uint8Array
  /** Keyed hash of a one-time code: a million codes would soon be tried against a plain one. */
  smsCodeHash(sms: SmsCodePlace, code: string): Uint8Array
  /** The same by every root key in use, the primary first. */
  smsCodeHashes(sms: SmsCodePlace, code: string): readonly Uint8Array[]
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
  function wrap(userId: string, secret: Uint8Array): Uint8Array {
    const { primary } = ring
    const key = primary.of('wrap/user')
    return seal({ key, keyId: primary.id, place: wrapPlace(userId), plain: secret, nonce: random.bytes(12) })
  }

  function unwrap({ id, wrappedKey }: { readonly id: string; readonly wrappedKey: Uint8Array }): Buffer {
    const key = ring.byId(keyIdOf(wrappedKey)).of('wrap/user')
    return unseal({ key, place: wrapPlace(id), record: wrappedKey })
  }

  const blindIndexBy = (keys: SubKeys, appId: string, number: string) =>
    Buffer.concat([
      Buffer.from([keys.id >>> 8, keys.id & 0xff]),
      mac(keys.of(`bidx/phone/${appId}`), `phone|${number}`),
    ])

  const smsCodeHashBy = (keys: SubKeys, { smsId, appId, userId, number }: SmsCodePlace, code: string) =>
    mac(keys.of('mac/sms'), digest('sms-code', smsId, appId, userId, number, code))

  return {
    createUserKey(userId) {
      const secret = random.bytes(32)
      return { key: userKey(userId, createSecretKey(secret), random), wrapped: wrap(userId, secret) }
    },
    openUserKey: user => userKey(user.id, createSecretKey(unwrap(user)), random),
    rewrapUserKey: user => (keyIdOf(user.wrappedKey) === ring.primary.id ? null : wrap(user.id, unwrap(user))),
    sealApp(appId, text) {
      const { primary } = ring
      const key = primary.of('wrap/app-secret')
      const plain = Buffer.from(text)
      return seal({ key, keyId: primary.id, place: appPlace(appId), plain, nonce: random.bytes(12) })
    },
    openApp(appId, record) {
      const key = ring.byId(keyIdOf(record)).of('wrap/app-secret')
      return unseal({ key, place: appPlace(appId), record }).toString()
    },
    blindIndex: (appId, number) => blindIndexBy(ring.primary, appId, number),
    blindIndexes: (appId, number) => ring.all.map(keys => blindIndexBy(keys, appId, number)),
    sessionKeyFingerprint: (appId, openId, sessionKey) =>
      mac(ring.primary.of('mac/session-key'), `${appId}|${openId}|${sessionKey}`),
    smsCodeHash: (sms, code) => smsCodeHashBy(ring.primary, sms, code),
    smsCodeHashes: (sms, code) => ring.all.map(keys => smsCodeHashBy(keys, sms, code)),
    counterName: (...parts) => mac(ring.primary.of('mac/counter'), digest(...parts)),
    keyChecks: () => ring.all.map(key => ({ id: String(key.id), check: keyCheck(key) })),
  }
}

function wrapPlace(userId: string): Place {
  return { table: 'user', column: 'wrapped_key', appId: '-', userId, row: userId }
}

function appPlace(appId: string): Place {
  return { table: 'app', column: 'sealed', appId, userId: '-', row: appId }
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
