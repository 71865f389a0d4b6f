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
