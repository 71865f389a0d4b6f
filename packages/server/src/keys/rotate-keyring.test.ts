import { describe, expect, it } from 'vitest'
import { generateKeyring, readKeyring, writeKeyring } from './keyring.ts'
import { listKeys, type RotateOutcome, retireKey, rotateKeyring } from './rotate-keyring.ts'

const now = 1_800_000_000_000
const minute = 60_000
const day = 24 * 60 * minute
const first = generateKeyring()

function keyringOf(outcome: RotateOutcome) {
  if (!('keyring' in outcome)) throw new Error(`expected a keyring, got ${outcome.status}`)
  return readKeyring(writeKeyring(outcome.keyring))
}

function usesOf(keyring: typeof first, kind: 'root' | 'signing') {
  return listKeys(keyring)
    .filter(key => key.kind === kind)
    .map(({ use }) => use)
}

describe('rotating the root key', () => {
  const staged = keyringOf(rotateKeyring({ keyring: first, kind: 'root', now }))
  const promoted = keyringOf(rotateKeyring({ keyring: staged, kind: 'root', now: now + 15_000 }))

  it('first adds a key that only opens, so that every process knows it before it seals', () => {
    expect(staged.root.primary).toBe(1)
    expect(staged.root.keys.map(({ state }) => state)).toEqual(['active', 'decrypt-only'])
    expect(usesOf(staged, 'root')).toEqual(['current', 'staged'])
    expect(staged.signing).toEqual(first.signing)
  })

  it('then waits, unless it is in a hurry', () => {
    const early = { keyring: staged, kind: 'root', now: now + 14_999 } as const
    expect(rotateKeyring(early)).toEqual({ status: 'too-early', until: now + 15_000 })
    expect(rotateKeyring({ ...early, hurry: true })).toMatchObject({ status: 'promoted', key: '2', former: '1' })
  })

  it('then seals with the new key and opens with both', () => {
    expect(promoted.root.primary).toBe(2)
    expect(promoted.root.keys.map(({ state }) => state)).toEqual(['decrypt-only', 'active'])
    expect(usesOf(promoted, 'root')).toEqual(['former', 'current'])
  })

  it('retires the former key when no session can be left that it made, and never gives its id again', () => {
    const input = { keyring: promoted, kind: 'root', key: '1' } as const
    const until = now + 15_000 + 7 * day
    expect(retireKey({ ...input, now: until - 1 })).toEqual({ status: 'too-early', until })
    const retired = retireKey({ ...input, now: until })
    if (retired.status !== 'retired') throw new Error(retired.status)
    expect(retired.keyring.root.keys.map(({ id }) => id)).toEqual([2])
    expect(writeKeyring(retired.keyring)).not.toContain(
      Buffer.from(first.root.keys[0]?.secret ?? []).toString('base64url'),
    )
    expect(rotateKeyring({ keyring: retired.keyring, kind: 'root', now })).toMatchObject({ status: 'staged', key: '3' })
  })

  it('retires neither the key in use nor the one that waits', () => {
    const hurry = { kind: 'root', now, hurry: true } as const
    expect(retireKey({ ...hurry, keyring: promoted, key: '2' })).toEqual({ status: 'in-use' })
    expect(retireKey({ ...hurry, keyring: staged, key: '2' })).toEqual({ status: 'in-use' })
    expect(retireKey({ ...hurry, keyring: staged, key: '7' })).toEqual({ status: 'unknown' })
  })
})

describe('rotating the signing key', () => {
  const staged = keyringOf(rotateKeyring({ keyring: first, kind: 'signing', now }))
  const promoted = keyringOf(rotateKeyring({ keyring: staged, kind: 'signing', now: now + 10 * minute }))
  const former = first.signing[0]?.kid ?? ''

  it('first publishes the new key, and signs with the old one', () => {
    expect(staged.signing.map(({ state }) => state)).toEqual(['verify-only', 'active'])
    expect(usesOf(staged, 'signing')).toEqual(['staged', 'current'])
  })

  it('then waits until every reader of the JWKS has the new key', () => {
    const early = { keyring: staged, kind: 'signing', now: now + 10 * minute - 1 } as const
    expect(rotateKeyring(early)).toEqual({ status: 'too-early', until: now + 10 * minute })
  })

  it('then signs with the new key, and retires the old one when its last token has expired', () => {
    expect(promoted.signing.map(({ state }) => state)).toEqual(['active', 'verify-only'])
    expect(usesOf(promoted, 'signing')).toEqual(['current', 'former'])
    const until = now + 25 * minute
    const input = { keyring: promoted, kind: 'signing', key: former } as const
    expect(retireKey({ ...input, now: until - 1 })).toEqual({ status: 'too-early', until })
    expect(retireKey({ ...input, now: until })).toMatchObject({ status: 'retired', keyring: { signing: [{}] } })
  })
})

it('keeps the time when a state began in the file, and refuses one that is none', () => {
  const staged = keyringOf(rotateKeyring({ keyring: first, kind: 'root', now }))
  expect(listKeys(staged)).toContainEqual({ kind: 'root', name: '2', use: 'staged', since: now })
  const text = writeKeyring(staged).replace(String(now), '"soon"')
  expect(() => readKeyring(text)).toThrow('"root.keys[1].since" must be a time in milliseconds since 1970')
})

describe('with a key from an earlier rotation', () => {
  const older = keyringOf(rotateKeyring({ keyring: first, kind: 'root', now: now - day }))
  const former = keyringOf(rotateKeyring({ keyring: older, kind: 'root', now: now - day, hurry: true }))
  const olderSigning = keyringOf(rotateKeyring({ keyring: former, kind: 'signing', now: now - day }))
  const keyring = keyringOf(rotateKeyring({ keyring: olderSigning, kind: 'signing', now: now - day, hurry: true }))

  it.each(['root', 'signing'] as const)('a rotation of the %s key leaves it as it was', kind => {
    const staged = keyringOf(rotateKeyring({ keyring, kind, now }))
    expect(usesOf(staged, kind).filter(use => use === 'staged')).toHaveLength(1)
    const promoted = keyringOf(rotateKeyring({ keyring: staged, kind, now, hurry: true }))
    const listed = listKeys(promoted).filter(key => key.kind === kind)
    const kept = listKeys(keyring).find(key => key.kind === kind && key.use === 'former')
    expect(listed).toHaveLength(3)
    expect(listed).toContainEqual(kept)
    expect(listed.filter(({ use }) => use === 'former')).toHaveLength(2)
    expect(listed.filter(({ since }) => since === now)).toHaveLength(2)
  })
})

it('a former key whose time was never written down can be retired', () => {
  const promoted = keyringOf(
    rotateKeyring({
      keyring: keyringOf(rotateKeyring({ keyring: first, kind: 'root', now })),
      kind: 'root',
      now,
      hurry: true,
    }),
  )
  const keys = promoted.root.keys.map(({ since, ...key }) => (key.id === 1 ? key : { ...key, since: now }))
  const keyring = { ...promoted, root: { ...promoted.root, keys } }
  expect(retireKey({ keyring, kind: 'root', key: '1', now })).toMatchObject({ status: 'retired' })
})

it('a keyring that signs with nothing is not rotated', () => {
  const keyring = { ...first, signing: first.signing.map(key => ({ ...key, state: 'verify-only' as const })) }
  expect(() => rotateKeyring({ keyring, kind: 'signing', now })).toThrow('"signing" must hold an active key')
})
