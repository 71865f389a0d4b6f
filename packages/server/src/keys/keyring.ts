import { randomBytes } from 'node:crypto'
import type { Random } from '../ports/random.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { ed25519Pair, thumbprint } from './signing-key.ts'

/** `active`: seals and opens; `decrypt-only`: opens; `retired`: remembered by name, no longer used. */
export type RootKeyState = 'active' | 'decrypt-only' | 'retired'
/** `active`: signs and verifies; `verify-only`: verifies; `retired`: remembered by name, no longer used. */
export type SigningKeyState = 'active' | 'verify-only' | 'retired'

/** The key under which everything at rest is sealed. */
export interface RootKey {
  /** 1 to 65535, never given twice. */
  readonly id: number
  /** 32 bytes. */
  readonly secret: Uint8Array
  readonly state: RootKeyState
  /** Since when, in milliseconds since 1970; absent in files that were made before keys could be rotated. */
  readonly since?: number
}

/** An Ed25519 key that signs access tokens. */
export interface SigningKey {
  /** The thumbprint of the public half (RFC 7638). */
  readonly kid: string
  /** 32 bytes: the private half. */
  readonly secret: Uint8Array
  readonly state: SigningKeyState
  /** Since when, in milliseconds since 1970. */
  readonly since?: number
}

/**
 * Every secret of the server itself. Keep it apart from the database: together they open everything, one alone nothing.
 */
export interface Keyring {
  readonly root: {
    /** The id of the active key that seals new records. */
    readonly primary: number
    readonly keys: readonly RootKey[]
  }
  /** The first active key signs. */
  readonly signing: readonly SigningKey[]
}

/** A keyring that cannot be used. Names the field, never a value. */
export class KeyringInvalid extends Error {
  override readonly name = 'KeyringInvalid'
  readonly code = 'keyring_invalid'
  readonly field: string

  constructor(field: string, rule: string) {
    super(`"${field}" must ${rule}`)
    this.field = field
  }
}

/**
 * A new keyring with one root key and one signing key.
 *
 * @param random Default: the system's strong randomness.
 *
 * @example
 * const file = writeKeyring(generateKeyring())
 */
export function generateKeyring(random: Random = { bytes: randomBytes }): Keyring {
  const secret = random.bytes(32)
  return {
    root: { primary: 1, keys: [{ id: 1, secret: random.bytes(32), state: 'active' }] },
    signing: [{ kid: thumbprint(ed25519Pair(secret).publicKey), secret, state: 'active' }],
  }
}

/** The keyring as JSON text for a file that only the server may read (mode 0600). */
export function writeKeyring(keyring: Keyring): string {
  const { root, signing } = checkKeyring(keyring)
  const file = {
    version: 1,
    root: { primary: root.primary, keys: root.keys.map(key => ({ ...key, secret: encodeBase64url(key.secret) })) },
    signing: signing.map(key => ({ ...key, secret: encodeBase64url(key.secret) })),
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/**
 * Reads what {@link writeKeyring} wrote.
 *
 * @throws KeyringInvalid `"root.keys[0].secret" must be …`, also when the text is no JSON.
 */
export function readKeyring(json: string): Keyring {
  const file = fieldsOf('keyring', parse(json), ['version', 'root', 'signing'])
  if (file.version !== 1) throw new KeyringInvalid('version', 'be 1')
  const root = fieldsOf('root', file.root, ['primary', 'keys'])
  return checkKeyring({
    root: {
      primary: root.primary as number,
      keys: listOf('root.keys', root.keys).map((item, index) => {
        const at = `root.keys[${index}]`
        const { id, state, secret, since } = fieldsOf(at, item, ['id', 'state', 'secret'], ['since'])
        return {
          id: id as number,
          secret: secretOf(`${at}.secret`, secret),
          state: state as RootKeyState,
          ...sinceOf(since),
        }
      }),
    },
    signing: listOf('signing', file.signing).map((item, index) => {
      const at = `signing[${index}]`
      const { kid, state, secret, since } = fieldsOf(at, item, ['kid', 'state', 'secret'], ['since'])
      return {
        kid: kid as string,
        secret: secretOf(`${at}.secret`, secret),
        state: state as SigningKeyState,
        ...sinceOf(since),
      }
    }),
  })
}

/** The same keyring when it can be used. Throws {@link KeyringInvalid}. */
export function checkKeyring(keyring: Keyring): Keyring {
  const { primary, keys } = keyring.root
  for (const [index, { id, secret, state, since }] of keys.entries()) {
    const at = `root.keys[${index}]`
    mustBeTime(since, `${at}.since`)
    must(Number.isInteger(id) && id >= 1 && id <= 65_535, `${at}.id`, 'be a whole number from 1 to 65535')
    must(keys.findIndex(key => key.id === id) === index, `${at}.id`, 'be unique')
    must(['active', 'decrypt-only', 'retired'].includes(state), `${at}.state`, 'be active, decrypt-only or retired')
    must(secret.length === 32, `${at}.secret`, 'be 32 bytes')
  }
  must(
    keys.some(key => key.id === primary && key.state === 'active'),
    'root.primary',
    'be the id of an active key',
  )
  for (const [index, { kid, secret, state, since }] of keyring.signing.entries()) {
    const at = `signing[${index}]`
    mustBeTime(since, `${at}.since`)
    must(['active', 'verify-only', 'retired'].includes(state), `${at}.state`, 'be active, verify-only or retired')
    must(secret.length === 32, `${at}.secret`, 'be 32 bytes')
    must(kid === thumbprint(ed25519Pair(secret).publicKey), `${at}.kid`, 'be the thumbprint of its key (RFC 7638)')
    must(keyring.signing.findIndex(key => key.kid === kid) === index, `${at}.kid`, 'be unique')
  }
  must(
    keyring.signing.some(key => key.state === 'active'),
    'signing',
    'hold an active key',
  )
  return keyring
}

function mustBeTime(since: number | undefined, field: string): void {
  const holds = since === undefined || (Number.isSafeInteger(since) && since >= 0)
  must(holds, field, 'be a time in milliseconds since 1970')
}

function sinceOf(since: unknown): { readonly since?: number } {
  return since === undefined ? {} : { since: since as number }
}

function must(holds: boolean, field: string, rule: string): void {
  if (!holds) throw new KeyringInvalid(field, rule)
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // The parser's own message quotes the text, which is secret.
    throw new KeyringInvalid('keyring', 'be JSON')
  }
}

function fieldsOf(
  field: string,
  value: unknown,
  names: readonly string[],
  more: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  must(typeof value === 'object' && value !== null && !Array.isArray(value), field, 'be an object')
  const found = value as Readonly<Record<string, unknown>>
  const within = field === 'keyring' ? '' : `${field}.`
  for (const name of names) must(Object.hasOwn(found, name), `${within}${name}`, 'be present')
  must(
    Object.keys(found).every(name => names.includes(name) || more.includes(name)),
    field,
    `have no other fields than ${[...names, ...more].join(', ')}`,
  )
  return found
}

function listOf(field: string, value: unknown): readonly unknown[] {
  must(Array.isArray(value), field, 'be a list')
  return value as readonly unknown[]
}

function secretOf(field: string, value: unknown): Uint8Array {
  const bytes = typeof value === 'string' ? decodeBase64url(value) : null
  if (bytes?.length !== 32) throw new KeyringInvalid(field, 'be 43 characters of base64url (32 bytes)')
  return bytes
}
