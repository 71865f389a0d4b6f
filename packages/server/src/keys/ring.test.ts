import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { generateKeyring, type RootKey } from './keyring.ts'
import { openRing } from './ring.ts'
import { SealBroken } from './sealed-record.ts'

const keys = generateKeyring()
const key = (id: number, state: RootKey['state']): RootKey => ({ id, secret: randomBytes(32), state })
const withKeys = (primary: number, ...list: readonly RootKey[]) => ({ ...keys, root: { primary, keys: list } })

describe('the ring of root keys', () => {
  const ring = openRing(withKeys(3, key(1, 'retired'), key(2, 'decrypt-only'), key(3, 'active'), key(4, 'active')))

  it('seals with the primary and opens with every key in use, the primary first', () => {
    expect(ring.primary.id).toBe(3)
    expect(ring.all.map(({ id }) => id)).toEqual([3, 2, 4])
    expect([2, 3, 4].map(id => ring.byId(id).id)).toEqual([2, 3, 4])
  })

  it.each([0, 1, 5])('has no key %i', id => {
    expect(() => ring.byId(id)).toThrow(SealBroken)
  })

  it('gives its new keys to whoever asks again', () => {
    const live = openRing(withKeys(1, key(1, 'active')))
    const before = live.primary
    live.replace(withKeys(2, key(1, 'decrypt-only'), key(2, 'active')))
    expect([before.id, live.primary.id]).toEqual([1, 2])
    expect(live.all.map(({ id }) => id)).toEqual([2, 1])
    expect(live.byId(2)).toBe(live.primary)
  })

  it('is not opened with keys that cannot be used', () => {
    expect(() => openRing(withKeys(1, key(1, 'decrypt-only')))).toThrow(
      '"root.primary" must be the id of an active key',
    )
  })
})
