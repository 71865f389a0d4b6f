import type { Random } from '../ports/random.ts'
import { digest } from './digest.ts'
import type { Ring } from './ring.ts'
import { keyIdOf, type Place, SealBroken, seal, unseal } from './sealed-record.ts'
import { keyCheck, mac, type SubKeyLabel, type SubKeys } from './sub-keys.ts'

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

/** Whose grant it is. */
interface GrantPlace {
  readonly componentAppId: string
  readonly appId: string
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
  /** Seals what WeChat gave a third-party platform, bound to the platform and the app that it is about. */
  sealGrant(place: GrantPlace, text: string): Uint8Array
  /** Throws {@link SealBroken}. */
  openGrant(place: GrantPlace, record: Uint8Array): string
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
  function sealByRing(label: SubKeyLabel, place: Place, plain: Uint8Array): Uint8Array {
    const { primary } = ring
    return seal({ key: primary.of(label), keyId: primary.id, place, plain, nonce: random.bytes(12) })
  }

  const openByRing = (label: SubKeyLabel, place: Place, record: Uint8Array): Buffer =>
    unseal({ key: ring.byId(keyIdOf(record)).of(label), place, record })

  const wrap = (userId: string, secret: Uint8Array) => sealByRing('wrap/user', wrapPlace(userId), secret)
  const unwrap = ({ id, wrappedKey }: { readonly id: string; readonly wrappedKey: Uint8Array }) =>
    openByRing('wrap/user', wrapPlace(id), wrappedKey)

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
      return { key: userKey(userId, secret, random), wrapped: wrap(userId, secret) }
    },
    openUserKey: user => userKey(user.id, unwrap(user), random),
    rewrapUserKey: user => (keyIdOf(user.wrappedKey) === ring.primary.id ? null : wrap(user.id, unwrap(user))),
    sealApp: (appId, text) => sealByRing('wrap/app-secret', appPlace(appId), Buffer.from(text)),
    openApp: (appId, record) => openByRing('wrap/app-secret', appPlace(appId), record).toString(),
    sealGrant: (grant, text) => sealByRing('seal/grant', grantPlace(grant), Buffer.from(text)),
    openGrant: (grant, record) => openByRing('seal/grant', grantPlace(grant), record).toString(),
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

function grantPlace({ componentAppId, appId }: GrantPlace): Place {
  return { table: 'component_grant', column: 'sealed', appId, userId: '-', row: componentAppId }
}

/** The bytes themselves: a KeyObject costs as much as sealing a field, and this key is used once or twice. */
function userKey(userId: string, key: Uint8Array, random: Random): UserKey {
  return {
    seal: (text, place) =>
      seal({ key, keyId: ownKeyId, place: { ...place, userId }, plain: Buffer.from(text), nonce: random.bytes(12) }),
    open(record, place) {
      if (keyIdOf(record) !== ownKeyId) throw new SealBroken()
      return unseal({ key, place: { ...place, userId }, record }).toString()
    },
  }
}
