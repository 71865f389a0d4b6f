import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { generateKeyring, type Keyring } from './keyring.ts'
import { openRing } from './ring.ts'
import { SealBroken } from './sealed-record.ts'
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
