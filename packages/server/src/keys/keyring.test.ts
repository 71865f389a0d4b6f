import { describe, expect, it } from 'vitest'
import { checkKeyring, generateKeyring, KeyringInvalid, readKeyring, writeKeyring } from './keyring.ts'

const keys = generateKeyring()
const file = JSON.parse(writeKeyring(keys))
const other = JSON.parse(writeKeyring(generateKeyring()))

function complaint(text: string): { readonly field: string; readonly message: string } {
  try {
    readKeyring(text)
  } catch (error) {
    if (error instanceof KeyringInvalid) return { field: error.field, message: error.message }
  }
  throw new Error('the keyring was accepted')
}

describe('a keyring', () => {
  it('is read as it was written', () => {
    expect(readKeyring(writeKeyring(keys))).toEqual(keys)
  })

  it.each([
    ['keyring', 'not json'],
    ['keyring', '[]'],
    ['keyring', JSON.stringify({ ...file, extra: 1 })],
    ['version', JSON.stringify({ ...file, version: 2 })],
    ['root', JSON.stringify({ ...file, root: undefined })],
    ['root', JSON.stringify({ ...file, root: null })],
    ['root.primary', JSON.stringify({ ...file, root: { ...file.root, primary: 2 } })],
    [
      'root.primary',
      JSON.stringify({ ...file, root: { primary: 1, keys: [{ ...file.root.keys[0], state: 'retired' }] } }),
    ],
    ['root.keys', JSON.stringify({ ...file, root: { primary: 1, keys: {} } })],
    ['root.keys[0]', JSON.stringify({ ...file, root: { primary: 1, keys: [1] } })],
    ['root.keys[0].id', JSON.stringify({ ...file, root: { primary: 1, keys: [{ ...file.root.keys[0], id: 65536 }] } })],
    ['root.keys[0].id', JSON.stringify({ ...file, root: { primary: 1, keys: [{ ...file.root.keys[0], id: '1' }] } })],
    [
      'root.keys[0].state',
      JSON.stringify({ ...file, root: { primary: 1, keys: [{ ...file.root.keys[0], state: 'on' }] } }),
    ],
    [
      'root.keys[0].secret',
      JSON.stringify({ ...file, root: { primary: 1, keys: [{ ...file.root.keys[0], secret: 'AAAA' }] } }),
    ],
    [
      'root.keys[0].secret',
      JSON.stringify({
        ...file,
        root: { primary: 1, keys: [{ ...file.root.keys[0], secret: `${file.root.keys[0].secret}=` }] },
      }),
    ],
    [
      'root.keys[1].id',
      JSON.stringify({ ...file, root: { primary: 1, keys: [file.root.keys[0], file.root.keys[0]] } }),
    ],
    ['signing', JSON.stringify({ ...file, signing: [] })],
    ['signing', JSON.stringify({ ...file, signing: [{ ...file.signing[0], state: 'verify-only' }] })],
    ['signing[0].kid', JSON.stringify({ ...file, signing: [{ ...file.signing[0], kid: other.signing[0].kid }] })],
    ['signing[0].secret', JSON.stringify({ ...file, signing: [{ ...file.signing[0], secret: 7 }] })],
    ['signing[1].kid', JSON.stringify({ ...file, signing: [file.signing[0], file.signing[0]] })],
  ])('with a bad %s is refused by that name', (field, text) => {
    const found = complaint(text)
    expect(found.field).toBe(field)
    expect(found.message).toMatch(new RegExp(`^"${field.replace(/[[\].]/g, '\\$&')}" must `))
  })

  it('is never quoted in the complaint about it', () => {
    const { secret } = file.root.keys[0]
    const spoilt = `${JSON.stringify(file)} ${secret}`
    expect(complaint(spoilt).message).not.toContain(secret)
  })

  it('is checked also when a program made it', () => {
    expect(() => checkKeyring({ ...keys, signing: [] })).toThrow('"signing" must hold an active key')
  })
})

describe('the file of a keyring', () => {
  const since = 1_800_000_000_000
  const dated = {
    root: { primary: 1, keys: keys.root.keys.map(key => ({ ...key, since })) },
    signing: keys.signing.map(key => ({ ...key, since })),
  }

  it('is version 1, indented, and ends its last line', () => {
    const [root] = keys.root.keys
    const [signing] = keys.signing
    const base64url = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('base64url')
    expect(writeKeyring(keys)).toBe(
      `${JSON.stringify(
        {
          version: 1,
          root: { primary: 1, keys: [{ id: 1, secret: base64url(root?.secret), state: 'active' }] },
          signing: [{ kid: signing?.kid, secret: base64url(signing?.secret), state: 'active' }],
        },
        null,
        2,
      )}\n`,
    )
  })

  it('remembers since when a key is what it is', () => {
    expect(readKeyring(writeKeyring(dated))).toEqual(dated)
    expect(readKeyring(writeKeyring(keys)).root.keys[0]).not.toHaveProperty('since')
  })

  it.each([
    ['-1', -1],
    ['a fraction', 0.5],
    ['beyond all numbers', 2 ** 53],
    ['text', '5'],
    ['null', null],
  ])('takes no time that is none: %s', (_, wrong) => {
    const root = { ...file.root, keys: [{ ...file.root.keys[0], since: wrong }] }
    const rule = 'must be a time in milliseconds since 1970'
    expect(complaint(JSON.stringify({ ...file, root })).message).toBe(`"root.keys[0].since" ${rule}`)
    const signing = [{ ...file.signing[0], since: wrong }]
    expect(complaint(JSON.stringify({ ...file, signing })).message).toBe(`"signing[0].since" ${rule}`)
  })

  it.each([
    ['id 0', { id: 0 }, '"root.keys[0].id" must be a whole number from 1 to 65535'],
    ['id 1.5', { id: 1.5 }, '"root.keys[0].id" must be a whole number from 1 to 65535'],
    ['id 65536', { id: 65_536 }, '"root.keys[0].id" must be a whole number from 1 to 65535'],
    ['another state', { state: 'on' }, '"root.keys[0].state" must be active, decrypt-only or retired'],
    ['31 bytes', { secret: 'A'.repeat(42) }, '"root.keys[0].secret" must be 43 characters of base64url (32 bytes)'],
    ['no id', { id: undefined }, '"root.keys[0].id" must be present'],
    ['no state', { state: undefined }, '"root.keys[0].state" must be present'],
    ['no secret', { secret: undefined }, '"root.keys[0].secret" must be present'],
    ['a stray field', { more: 1 }, '"root.keys[0]" must have no other fields than id, state, secret, since'],
  ])('names what is wrong with a root key: %s', (_, change, message) => {
    const root = { ...file.root, keys: [{ ...file.root.keys[0], ...change }] }
    expect(complaint(JSON.stringify({ ...file, root })).message).toBe(message)
  })

  it.each([
    ['another state', { state: 'on' }, '"signing[0].state" must be active, verify-only or retired'],
    ['another kid', { kid: 'kid' }, '"signing[0].kid" must be the thumbprint of its key (RFC 7638)'],
    ['no kid', { kid: undefined }, '"signing[0].kid" must be present'],
    ['no state', { state: undefined }, '"signing[0].state" must be present'],
    ['no secret', { secret: undefined }, '"signing[0].secret" must be present'],
    ['a stray field', { more: 1 }, '"signing[0]" must have no other fields than kid, state, secret, since'],
  ])('names what is wrong with a signing key: %s', (_, change, message) => {
    const signing = [{ ...file.signing[0], ...change }]
    expect(complaint(JSON.stringify({ ...file, signing })).message).toBe(message)
  })

  it.each([
    ['no JSON', '{', '"keyring" must be JSON'],
    ['a list', '[]', '"keyring" must be an object'],
    ['null', 'null', '"keyring" must be an object'],
    ['a number', '5', '"keyring" must be an object'],
    ['no version', JSON.stringify({ ...file, version: undefined }), '"version" must be present'],
    ['version 2', JSON.stringify({ ...file, version: 2 }), '"version" must be 1'],
    ['no root', JSON.stringify({ ...file, root: undefined }), '"root" must be present'],
    ['no signing', JSON.stringify({ ...file, signing: undefined }), '"signing" must be present'],
    ['no primary', JSON.stringify({ ...file, root: { keys: [] } }), '"root.primary" must be present'],
    ['no keys', JSON.stringify({ ...file, root: { primary: 1 } }), '"root.keys" must be present'],
    [
      'keys that are no list',
      JSON.stringify({ ...file, root: { primary: 1, keys: {} } }),
      '"root.keys" must be a list',
    ],
    ['signing that is no list', JSON.stringify({ ...file, signing: {} }), '"signing" must be a list'],
    [
      'a stray field',
      JSON.stringify({ ...file, more: 1 }),
      '"keyring" must have no other fields than version, root, signing',
    ],
    [
      'a stray field of root',
      JSON.stringify({ ...file, root: { ...file.root, more: 1 } }),
      '"root" must have no other fields than primary, keys',
    ],
  ])('names what is wrong with itself: %s', (_, text, message) => {
    expect(complaint(text).message).toBe(message)
  })
})

describe('a keyring that a program made', () => {
  const [root] = keys.root.keys
  const [signing] = keys.signing
  if (!root || !signing) throw new Error('no key')

  it.each([
    [
      'secrets of 31 bytes',
      { ...keys, root: { primary: 1, keys: [{ ...root, secret: root.secret.subarray(1) }] } },
      '"root.keys[0].secret" must be 32 bytes',
    ],
    [
      'a signing secret of 33 bytes',
      { ...keys, signing: [{ ...signing, secret: Buffer.concat([signing.secret, Buffer.alloc(1)]) }] },
      '"signing[0].secret" must be 32 bytes',
    ],
    ['one id twice', { ...keys, root: { primary: 1, keys: [root, root] } }, '"root.keys[1].id" must be unique'],
    ['one kid twice', { ...keys, signing: [signing, signing] }, '"signing[1].kid" must be unique'],
    [
      'a primary that only opens',
      { ...keys, root: { primary: 1, keys: [{ ...root, state: 'decrypt-only' as const }] } },
      '"root.primary" must be the id of an active key',
    ],
    [
      'an active key that is not the primary',
      { ...keys, root: { primary: 2, keys: [root] } },
      '"root.primary" must be the id of an active key',
    ],
  ])('is refused with %s', (_, keyring, message) => {
    expect(() => checkKeyring(keyring)).toThrow(message)
  })

  it.each([1, 65_535])('may have a root key with the id %i', id => {
    const keyring = { ...keys, root: { primary: id, keys: [{ ...root, id }] } }
    expect(checkKeyring(keyring)).toBe(keyring)
  })

  it('says in code and name what kind of error it is', () => {
    expect(new KeyringInvalid('root', 'be an object')).toMatchObject({
      name: 'KeyringInvalid',
      code: 'keyring_invalid',
      field: 'root',
    })
  })
})
