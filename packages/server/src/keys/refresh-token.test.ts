import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { generateKeyring } from './keyring.ts'
import { createRefreshTokens } from './refresh-token.ts'
import { openRing } from './ring.ts'

const random = { bytes: (length: number) => randomBytes(length) }
const keys = generateKeyring(random)
const tokens = createRefreshTokens(openRing(keys))
const sessionId = '0199aabb-ccdd-7000-8000-000000000001'
const token = tokens.mint({ sessionId, counter: 41 })
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

describe('a refresh token', () => {
  it('names its session and its place in the row', () => {
    expect(token).toMatch(/^wxa_rt_[A-Za-z0-9_-]{48}$/)
    expect(tokens.read(token)).toEqual({ sessionId, counter: 41 })
  })

  it('is the same whenever it is made, so a lost answer can be repeated', () => {
    expect(tokens.mint({ sessionId, counter: 41 })).toBe(token)
    expect(tokens.mint({ sessionId, counter: 42 })).not.toBe(token)
  })

  it('is refused with any one character changed', () => {
    for (let at = 0; at < token.length; at += 1)
      for (const char of alphabet)
        if (char !== token[at]) expect(tokens.read(token.slice(0, at) + char + token.slice(at + 1))).toBeNull()
  })

  it.each(['', 'wxa_rt_', `${token}\n`, ` ${token}`, `${token}=`, `${token}AAAA`, token.slice(0, -4), token.slice(7)])(
    'is refused in another spelling: %j',
    text => {
      expect(tokens.read(text)).toBeNull()
    },
  )

  it('of another keyring is refused', () => {
    expect(createRefreshTokens(openRing(generateKeyring(random))).read(token)).toBeNull()
  })

  it('outlives a rotation of the root key until that key is retired', () => {
    const [old] = keys.root.keys
    if (!old) throw new Error('no key')
    const fresh = { id: 2, secret: randomBytes(32), state: 'active' } as const
    const ringWith = (state: 'decrypt-only' | 'retired') =>
      openRing({ ...keys, root: { primary: 2, keys: [{ ...old, state }, fresh] } })
    expect(createRefreshTokens(ringWith('decrypt-only')).read(token)).toEqual({ sessionId, counter: 41 })
    expect(createRefreshTokens(ringWith('retired')).read(token)).toBeNull()
  })
})
