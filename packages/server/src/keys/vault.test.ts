import { createHmac, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { digest } from './digest.ts'
import { generateKeyring, type Keyring } from './keyring.ts'
import { openRing } from './ring.ts'
import { SealBroken, unseal } from './sealed-record.ts'
import type { SubKeyLabel } from './sub-keys.ts'
import { createVault } from './vault.ts'

const random = { bytes: (length: number) => randomBytes(length) }
const keys = generateKeyring(random)
const vault = createVault({ ring: openRing(keys), random })
const place = { table: 'phone', column: 'number', appId: '-', row: 'row-1' }

/** The same keyring after a rotation: the former root key only opens. */
function rotated({ root, signing }: Keyring): Keyring {
  const old = root.keys.map(key => ({ ...key, state: 'decrypt-only' as const }))
  return { root: { primary: 2, keys: [...old, { id: 2, secret: randomBytes(32), state: 'active' }] }, signing }
}

describe('the vault', () => {
  it('opens a field with the unwrapped key of its user', () => {
    const { key, wrapped } = vault.createUserKey('user-1')
    const sealed = key.seal('+8613800138000', place)
    expect(vault.openUserKey({ id: 'user-1', wrappedKey: wrapped }).open(sealed, place)).toBe('+8613800138000')
  })

  it('does not unwrap the key of one user for another', () => {
    const { wrapped } = vault.createUserKey('user-1')
    expect(() => vault.openUserKey({ id: 'user-2', wrappedKey: wrapped })).toThrow(SealBroken)
  })

  it('does not open a field of one user with the key of another', () => {
    const sealed = vault.createUserKey('user-1').key.seal('+8613800138000', place)
    expect(() => vault.createUserKey('user-1').key.open(sealed, place)).toThrow(SealBroken)
  })

  it('does not take a record of a root key for a field of a user', () => {
    const { key, wrapped } = vault.createUserKey('user-1')
    expect(wrapped.subarray(0, 4)).toEqual(Buffer.from([1, 1, 0, 1]))
    const forged = Uint8Array.from(key.seal('+8613800138000', place))
    expect(forged.subarray(0, 4)).toEqual(Uint8Array.of(1, 1, 0, 0))
    forged[3] = 1
    expect(() => key.open(forged, place)).toThrow(SealBroken)
  })

  it('opens under a rotated keyring what was sealed before, and seals with the new key', () => {
    const { wrapped } = vault.createUserKey('user-1')
    const next = createVault({ ring: openRing(rotated(keys)), random })
    expect(() => next.openUserKey({ id: 'user-1', wrappedKey: wrapped })).not.toThrow()
    expect(next.createUserKey('user-2').wrapped.subarray(0, 4)).toEqual(Buffer.from([1, 1, 0, 2]))
  })

  it('opens nothing under a keyring that never held the key', () => {
    const { wrapped } = vault.createUserKey('user-1')
    const stranger = createVault({ ring: openRing(generateKeyring(random)), random })
    expect(() => stranger.openUserKey({ id: 'user-1', wrappedKey: wrapped })).toThrow(SealBroken)
    const gone = { ...rotated(keys), root: { ...rotated(keys).root, keys: rotated(keys).root.keys.slice(1) } }
    const later = createVault({ ring: openRing(gone), random })
    expect(() => later.openUserKey({ id: 'user-1', wrappedKey: wrapped })).toThrow(SealBroken)
  })

  it('gives one number one blind index in an app and another in the next', () => {
    const number = '+8613800138000'
    expect(vault.blindIndex('wx1', number)).toEqual(vault.blindIndex('wx1', number))
    expect(vault.blindIndex('wx1', number)).not.toEqual(vault.blindIndex('wx2', number))
    expect(vault.blindIndex('wx1', number)).not.toEqual(vault.blindIndex('wx1', '+8613800138001'))
    expect(vault.blindIndex('wx1', number)).toHaveLength(34)
  })

  it('tells keys apart by their check values, and tells nothing else', () => {
    const other = createVault({ ring: openRing(generateKeyring(random)), random })
    expect(vault.keyChecks()).toEqual(createVault({ ring: openRing(keys), random }).keyChecks())
    expect(vault.keyChecks()).not.toEqual(other.keyChecks())
    const [check] = vault.keyChecks()
    expect(check?.check).not.toEqual(keys.root.keys[0]?.secret)
  })
})

describe('the vault while its keys are replaced', () => {
  const ring = openRing(keys)
  const live = createVault({ ring, random })

  it('rewraps the key of a user once, and what it sealed still opens', () => {
    const { key, wrapped } = live.createUserKey('user-1')
    const sealed = key.seal('+8613800138000', place)
    expect(live.rewrapUserKey({ id: 'user-1', wrappedKey: wrapped })).toBeNull()
    const former = live.blindIndex('wx1', '+8613800138000')
    ring.replace(rotated(keys))
    const again = live.rewrapUserKey({ id: 'user-1', wrappedKey: wrapped })
    if (!again) throw new Error('expected another record')
    expect(again.subarray(0, 4)).toEqual(Buffer.from([1, 1, 0, 2]))
    expect(live.openUserKey({ id: 'user-1', wrappedKey: again }).open(sealed, place)).toBe('+8613800138000')
    expect(live.rewrapUserKey({ id: 'user-1', wrappedKey: again })).toBeNull()
    expect(live.blindIndexes('wx1', '+8613800138000')).toEqual([live.blindIndex('wx1', '+8613800138000'), former])
  })

  it('stays as it was when the new keys cannot be used', () => {
    const { wrapped } = live.createUserKey('user-1')
    expect(() => ring.replace({ ...keys, signing: [] })).toThrow('"signing" must hold an active key')
    expect(() => live.openUserKey({ id: 'user-1', wrappedKey: wrapped })).not.toThrow()
  })
})

describe('what an operator told about an app', () => {
  it('opens for that app only', () => {
    const sealed = vault.sealApp('wx1', '{"secret":"s"}')
    expect(vault.openApp('wx1', sealed)).toBe('{"secret":"s"}')
    expect(() => vault.openApp('wx2', sealed)).toThrow(SealBroken)
    expect(Buffer.from(sealed).toString('latin1')).not.toContain('secret')
  })
})

describe('what belongs to the format of the data', () => {
  const ring = openRing(keys)
  const bytes = (record: Uint8Array) => Buffer.from(record)

  it('is where each record lives: another place opens nothing', () => {
    const { primary } = ring
    const { wrapped } = vault.createUserKey('user-1')
    const own = { appId: '-', userId: 'user-1' }
    const secret = unseal({
      key: primary.of('wrap/user'),
      place: { ...own, table: 'user', column: 'wrapped_key', row: 'user-1' },
      record: wrapped,
    })
    expect(secret).toHaveLength(32)
    const field = vault.openUserKey({ id: 'user-1', wrappedKey: wrapped }).seal('text', place)
    expect(unseal({ key: secret, place: { ...place, userId: 'user-1' }, record: field }).toString()).toBe('text')
    const app = { table: 'app', column: 'sealed', appId: 'wx1', userId: '-', row: 'wx1' }
    const appRecord = vault.sealApp('wx1', 'text')
    expect(unseal({ key: primary.of('wrap/app-secret'), place: app, record: appRecord }).toString()).toBe('text')
    const grant = { table: 'component_grant', column: 'sealed', appId: 'wx1', userId: '-', row: 'wxc' }
    const grantRecord = vault.sealGrant({ componentAppId: 'wxc', appId: 'wx1' }, 'text')
    expect(unseal({ key: primary.of('seal/grant'), place: grant, record: grantRecord }).toString()).toBe('text')
  })

  it('is what each keyed hash is made of: rows that were written stay findable', () => {
    const hmac = (label: SubKeyLabel, message: string | Uint8Array) =>
      createHmac('sha256', ring.primary.of(label)).update(message).digest()
    const sms = { smsId: 'sms-1', appId: 'wx1', userId: 'user-1', number: '+8613800138000' }
    const smsDigest = digest('sms-code', 'sms-1', 'wx1', 'user-1', '+8613800138000', '123456')
    expect(vault.smsCodeHash(sms, '123456')).toEqual(hmac('mac/sms', smsDigest))
    expect(vault.smsCodeHashes(sms, '123456')).toEqual([vault.smsCodeHash(sms, '123456')])
    expect(vault.sessionKeyFingerprint('wx1', 'o1', 'key')).toEqual(hmac('mac/session-key', 'wx1|o1|key'))
    expect(vault.counterName('phone', 'wx1')).toEqual(hmac('mac/counter', digest('phone', 'wx1')))
    const index = Buffer.concat([Buffer.from([0, 1]), hmac('bidx/phone/wx1', 'phone|+8613800138000')])
    expect(bytes(vault.blindIndex('wx1', '+8613800138000'))).toEqual(index)
    expect(vault.keyChecks()).toEqual([{ id: '1', check: hmac('check', 'weapp-auth root key') }])
  })

  it('is the number of the key in front of a blind index, both bytes of it', () => {
    const [key] = keys.root.keys
    if (!key) throw new Error('no key')
    const far = createVault({
      ring: openRing({ ...keys, root: { primary: 513, keys: [{ ...key, id: 513 }] } }),
      random,
    })
    expect(bytes(far.blindIndex('wx1', '+8613800138000')).subarray(0, 2)).toEqual(Buffer.from([2, 1]))
  })
})

it('a grant of a third-party platform opens for that platform and app only', () => {
  const grant = { componentAppId: 'wxc', appId: 'wx1' }
  const sealed = vault.sealGrant(grant, 'token')
  expect(vault.openGrant(grant, sealed)).toBe('token')
  for (const other of [
    { ...grant, appId: 'wx2' },
    { ...grant, componentAppId: 'wxd' },
  ])
    expect(() => vault.openGrant(other, sealed)).toThrow(SealBroken)
})

it('a one-time code has one hash in its place and another in every other', () => {
  const sms = { smsId: 'sms-1', appId: 'wx1', userId: 'user-1', number: '+8613800138000' }
  const hashes = (['smsId', 'appId', 'userId', 'number'] as const).map(name =>
    Buffer.from(vault.smsCodeHash({ ...sms, [name]: 'other' }, '123456')).toString('hex'),
  )
  hashes.push(Buffer.from(vault.smsCodeHash(sms, '123457')).toString('hex'))
  hashes.push(Buffer.from(vault.smsCodeHash(sms, '123456')).toString('hex'))
  expect(new Set(hashes).size).toBe(6)
})

it('every record has a nonce of its own, and every user a key of their own', () => {
  const { key, wrapped } = vault.createUserKey('user-1')
  expect(key.seal('text', place)).not.toEqual(key.seal('text', place))
  expect(vault.createUserKey('user-1').wrapped).not.toEqual(wrapped)
  expect(() => vault.createUserKey('user-1').key.open(key.seal('text', place), place)).toThrow(SealBroken)
})
