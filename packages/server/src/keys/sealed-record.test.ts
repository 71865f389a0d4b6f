import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { keyIdOf, type Place, SealBroken, seal, unseal } from './sealed-record.ts'

const key = createSecretKey(randomBytes(32))
const place: Place = { table: 'phone', column: 'number', appId: 'wx1', userId: 'user-1', row: 'row-1' }
const plain = Buffer.from('+8613800138000')
const nonce = randomBytes(12)
const record = seal({ key, keyId: 513, place, plain, nonce })

function opens(changed: Uint8Array, at: Place = place): boolean {
  try {
    unseal({ key, place: at, record: changed })
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(SealBroken)
    return false
  }
}

describe('a sealed record', () => {
  it('opens where it was sealed', () => {
    expect(unseal({ key, place, record })).toEqual(plain)
    expect(keyIdOf(record)).toBe(513)
  })

  it('has the documented layout, so another program can read it', () => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
    cipher.setAAD(Buffer.from('wxauth|v1|phone|number|wx1|user-1|row-1'))
    const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()])
    expect(record).toEqual(Buffer.concat([Buffer.from([1, 1, 2, 1]), nonce, ciphertext, cipher.getAuthTag()]))
  })

  it('does not open with any one bit flipped, save in the id that only names the key', () => {
    for (let bit = 0; bit < record.length * 8; bit += 1) {
      const changed = Buffer.from(record)
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      if (bit >> 3 === 2 || bit >> 3 === 3) expect(keyIdOf(changed)).not.toBe(513)
      else expect(opens(changed)).toBe(false)
    }
  })

  it.each(Object.keys(place) as (keyof Place)[])('does not open at another %s', name => {
    expect(opens(record, { ...place, [name]: 'other' })).toBe(false)
  })

  it.each([0, 4, 8, 12, 15])('does not open with a tag of %i bytes', length => {
    expect(opens(record.subarray(0, record.length - 16 + length))).toBe(false)
    const empty = seal({ key, keyId: 1, place, plain: Buffer.alloc(0), nonce })
    expect(opens(empty.subarray(0, empty.length - 16 + length))).toBe(false)
  })

  it('does not open with another key', () => {
    expect(() => unseal({ key: createSecretKey(randomBytes(32)), place, record })).toThrow(SealBroken)
  })

  it('is refused when it is empty or longer than it was', () => {
    expect(opens(new Uint8Array())).toBe(false)
    expect(opens(Buffer.concat([record, Buffer.from([0])]))).toBe(false)
  })
})
