import { randomBytes } from 'node:crypto'
import { limits } from '../domain/limits.ts'
import type { Random } from '../ports/random.ts'
import { type Keyring, KeyringInvalid, type RootKey, type SigningKey } from './keyring.ts'
import { ed25519Pair, thumbprint } from './signing-key.ts'

export type KeyKind = 'root' | 'signing'

/** A step that cannot be done now. */
export interface RotationWait {
  readonly status: 'too-early'
  /** Milliseconds since 1970. */
  readonly until: number
}

export type RotateOutcome =
  /** The new key is known, and does nothing yet. `until`: when the next step is safe. */
  | { readonly status: 'staged'; readonly keyring: Keyring; readonly key: string; readonly until: number }
  /** The new key is in use; the former one only opens or verifies. */
  | { readonly status: 'promoted'; readonly keyring: Keyring; readonly key: string; readonly former: string }
  | RotationWait

export type RetireOutcome =
  | { readonly status: 'retired'; readonly keyring: Keyring }
  /** It is in use, or waits to be. */
  | { readonly status: 'in-use' }
  | { readonly status: 'unknown' }
  | RotationWait

export interface RotateInput {
  readonly keyring: Keyring
  readonly kind: KeyKind
  readonly now: number
  /** Does not wait: some tokens or rows will not be understood for a while. Default false. */
  readonly hurry?: boolean
}

/**
 * Until every process has read the key file, or every reader of the JWKS has fetched it again: it may be kept for five
 * minutes by our own header, and libraries keep it for up to ten.
 */
const spread = { root: 15_000, signing: 10 * 60_000 } as const

/** Until nothing lives any more that only the former key understands, besides sealed rows. */
const lasts = { root: limits.sessionIdle, signing: limits.access + limits.clockSkew } as const

/**
 * Does the next step of a rotation: the first call adds a key that nobody uses, the second one, once everybody knows it,
 * puts it in the place of the former.
 *
 * @param random Default: the system's strong randomness.
 *
 * @example
 * const step = rotateKeyring({ keyring, kind: 'signing', now: Date.now() })
 * if (step.status === 'staged') console.log('rotate again after', new Date(step.until))
 */
export function rotateKeyring(input: RotateInput, random: Random = { bytes: randomBytes }): RotateOutcome {
  return input.kind === 'root' ? rotateRoot(input, random) : rotateSigning(input, random)
}

function rotateRoot({ keyring, now, hurry }: RotateInput, random: Random): RotateOutcome {
  const { primary, keys } = keyring.root
  const staged = keys.find(key => key.id > primary && key.state === 'decrypt-only')
  const until = (staged?.since ?? now) + spread.root
  if (!staged) {
    const id = Math.max(...keys.map(key => key.id)) + 1
    const root = {
      primary,
      keys: [...keys, { id, secret: random.bytes(32), state: 'decrypt-only', since: now } as const],
    }
    return { status: 'staged', keyring: { ...keyring, root }, key: String(id), until }
  }
  if (now < until && !hurry) return { status: 'too-early', until }
  const next = keys.map((key): RootKey => {
    if (key.id === staged.id) return { ...key, state: 'active', since: now }
    return key.state === 'active' ? { ...key, state: 'decrypt-only', since: now } : key
  })
  const root = { primary: staged.id, keys: next }
  return { status: 'promoted', keyring: { ...keyring, root }, key: String(staged.id), former: String(primary) }
}

function rotateSigning({ keyring, now, hurry }: RotateInput, random: Random): RotateOutcome {
  const { signing } = keyring
  const current = signing.find(key => key.state === 'active')
  if (!current) throw new KeyringInvalid('signing', 'hold an active key')
  const staged = signing.slice(0, signing.indexOf(current)).find(key => key.state === 'verify-only')
  const until = (staged?.since ?? now) + spread.signing
  if (!staged) {
    const secret = random.bytes(32)
    const key: SigningKey = { kid: thumbprint(ed25519Pair(secret).publicKey), secret, state: 'verify-only', since: now }
    return { status: 'staged', keyring: { ...keyring, signing: [key, ...signing] }, key: key.kid, until }
  }
  if (now < until && !hurry) return { status: 'too-early', until }
  const next = signing.map((key): SigningKey => {
    if (key.kid === staged.kid) return { ...key, state: 'active', since: now }
    return key.state === 'active' ? { ...key, state: 'verify-only', since: now } : key
  })
  return { status: 'promoted', keyring: { ...keyring, signing: next }, key: staged.kid, former: current.kid }
}

/**
 * Takes a former key out of the keyring, and its secret with it. Whether rows are left that only a root key opens, the
 * caller asks the store before; see `countSealed`.
 *
 * @example
 * const step = retireKey({ keyring, kind: 'root', key: '1', now: Date.now() })
 * if (step.status === 'retired') console.log(writeKeyring(step.keyring).length)
 */
export function retireKey(input: RotateInput & { readonly key: string }): RetireOutcome {
  const { keyring, kind, key: name, now, hurry } = input
  const found = keysOf(keyring, kind).find(key => key.name === name)
  if (!found) return { status: 'unknown' }
  if (found.use !== 'former') return { status: 'in-use' }
  const until = (found.since ?? 0) + lasts[kind]
  if (now < until && !hurry) return { status: 'too-early', until }
  const { root, signing } = keyring
  return {
    status: 'retired',
    keyring:
      kind === 'root'
        ? { signing, root: { ...root, keys: root.keys.filter(key => String(key.id) !== name) } }
        : { root, signing: signing.filter(key => key.kid !== name) },
  }
}

/** One key as operators see it; never its secret. */
export interface ListedKey {
  readonly kind: KeyKind
  /** The id of a root key, the `kid` of a signing key. */
  readonly name: string
  /** `current` seals or signs, `former` opens or verifies, `staged` waits to become current. */
  readonly use: 'current' | 'staged' | 'former'
  /** Milliseconds since 1970; `null` when it was not written down. */
  readonly since: number | null
}

/**
 * The keys of a keyring and what each does.
 *
 * @example
 * for (const { name, use } of listKeys(keyring)) console.log(name, use)
 */
export function listKeys(keyring: Keyring): readonly ListedKey[] {
  return [...keysOf(keyring, 'root'), ...keysOf(keyring, 'signing')]
}

function keysOf({ root, signing }: Keyring, kind: KeyKind): readonly ListedKey[] {
  if (kind === 'root')
    return root.keys.map(({ id, since = null, state }) => {
      const use = id === root.primary ? 'current' : id > root.primary && state === 'decrypt-only' ? 'staged' : 'former'
      return { kind, name: String(id), use, since }
    })
  const at = signing.findIndex(key => key.state === 'active')
  return signing.map(({ kid, since = null, state }, index) => {
    const use = index === at ? 'current' : index < at && state === 'verify-only' ? 'staged' : 'former'
    return { kind, name: kid, use, since }
  })
}
