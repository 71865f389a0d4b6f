import { describe, expect, it } from 'vitest'
import { generateKeyring } from './keyring.ts'
import { createMergeCodes } from './merge-code.ts'
import { openRing } from './ring.ts'

const sessionId = '0192f0a0-0000-7000-8000-00000000000a'
const claim = { sessionId, until: 1_800_000_000_000 }

describe('a merge code', () => {
  it('says what it was made with', () => {
    const codes = createMergeCodes(openRing(generateKeyring()))
    const code = codes.mint(claim)
    expect(code).toMatch(/^wxa_mc_[A-Za-z0-9_-]{51}$/)
    expect(codes.read(code)).toEqual(claim)
  })

  it('of another server, changed anywhere, or of another kind is none', () => {
    const codes = createMergeCodes(openRing(generateKeyring()))
    const code = codes.mint(claim)
    expect(createMergeCodes(openRing(generateKeyring())).read(code)).toBeNull()
    for (let at = 0; at < code.length; at += 1) {
      const changed = code.slice(0, at) + (code[at] === 'A' ? 'B' : 'A') + code.slice(at + 1)
      expect(codes.read(changed)).toBeNull()
    }
    for (const other of ['', 'wxa_mc_', code.slice(0, -1), `${code}A`, code.replace('wxa_mc_', 'wxa_rt_')])
      expect(codes.read(other)).toBeNull()
  })
})
