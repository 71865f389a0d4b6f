import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHandles, type HandleClaim } from './handles.ts'
import { generateKeyring, type Keyring } from './keyring.ts'
import { openRing, type Ring } from './ring.ts'

const claim: HandleClaim = {
  use: 'session',
  appId: 'wx0000000000000001',
  loginId: '019a0000-0000-7000-8000-000000000001',
}
const keys = generateKeyring()
const handles = createHandles(openRing(keys))

describe('a handle', () => {
  it('gives its login back, and is the same every time', () => {
    expect(handles.read(handles.mint(claim), claim)).toBe(claim.loginId)
    expect(handles.mint(claim)).toBe(handles.mint(claim))
    expect(handles.mint(claim)).toMatch(/^wxa_lh_[A-Za-z0-9_-]{64}$/)
  })

  it('of one use or app is none for another', () => {
    expect(handles.read(handles.mint(claim), { ...claim, use: 'openid' })).toBeNull()
    expect(handles.read(handles.mint(claim), { ...claim, appId: 'wx0000000000000002' })).toBeNull()
    expect(handles.mint({ ...claim, use: 'openid' }).slice(13)).not.toBe(handles.mint(claim).slice(13))
  })

  it('shows nothing of its login', () => {
    const bytes = Buffer.from(handles.mint(claim).slice(7), 'base64url')
    expect(bytes.includes(Buffer.from(claim.loginId.replaceAll('-', ''), 'hex'))).toBe(false)
  })

  it('is read after its key was replaced, and not without it', () => {
    const next = generateKeyring().root.keys.map(key => ({ ...key, id: 2 }))
    const both: Keyring = { ...keys, root: { primary: 2, keys: [...next, ...keys.root.keys] } }
    const old = handles.mint(claim)
    expect(createHandles(openRing(both)).read(old, claim)).toBe(claim.loginId)
    expect(createHandles(openRing({ ...keys, root: { primary: 2, keys: next } })).read(old, claim)).toBeNull()
    expect(createHandles(openRing(generateKeyring())).read(old, claim)).toBeNull()
  })

  it('is read in the one spelling it was made in, and no other text is one', () => {
    const good = handles.mint(claim)
    const bent = fc
      .tuple(fc.nat({ max: good.length - 1 }), fc.constantFrom(...'AZaz09_-+ ='))
      .map(([at, letter]) => good.slice(0, at) + letter + good.slice(at + 1))
    fc.assert(
      fc.property(
        fc.oneof(
          bent,
          fc.string({ unit: 'binary' }),
          fc.string().map(text => `wxa_lh_${text}`),
        ),
        text => {
          expect(handles.read(text, claim)).toBe(text === good ? claim.loginId : null)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

it('a fault that says nothing of the handle is not taken for a wrong handle', () => {
  const fault = new RangeError('out of keys')
  const ring: Ring = {
    ...openRing(keys),
    byId: () => {
      throw fault
    },
  }
  expect(() => createHandles(ring).read(handles.mint(claim), claim)).toThrow(fault)
})
