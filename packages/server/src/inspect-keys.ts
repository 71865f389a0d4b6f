import type { AppDefinition } from './domain/app-definition.ts'
import type { Keyring, RootKeyState } from './keys/keyring.ts'
import { createPooledRandom } from './keys/pooled-random.ts'
import { openRing } from './keys/ring.ts'
import { keyIdOf, SealBroken } from './keys/sealed-record.ts'
import { createVault } from './keys/vault.ts'
import type { SealedSample } from './ports/sealed-sample.ts'
import { readDefinition } from './usecases/app-book.ts'

/** How a key file fits a database. */
export interface KeyInspection {
  /** The root keys of the file, and how many users of the sample each has sealed. */
  readonly generations: readonly {
    readonly id: number
    readonly state: RootKeyState
    readonly primary: boolean
    readonly users: number
  }[]
  /** Ids of root keys that are others in the database than in the file. */
  readonly different: readonly number[]
  /** Ids of root keys that sealed rows of the sample and are not in the file. */
  readonly missing: readonly number[]
  /** Rows of the sample that the file opens, and those that it does not. */
  readonly opened: number
  readonly unopened: number
  /** The mini programs of the database, with their secrets: print none of it. */
  readonly apps: readonly AppDefinition[]
}

/**
 * Tries the keys on what they have sealed; changes nothing.
 *
 * @throws KeyringInvalid
 *
 * @example
 * inspectKeys(generateKeyring(), { keys: [], users: [], apps: [] }).different // []
 */
export function inspectKeys(keys: Keyring, sample: SealedSample): KeyInspection {
  const vault = createVault({ ring: openRing(keys), random: createPooledRandom() })
  const known = new Map(sample.keys.map(({ id, check }) => [id, check]))
  const users = sample.users.map(user => ({
    by: keyIdOf(user.wrappedKey),
    opens: opens(() => vault.openUserKey(user)),
  }))
  const apps = sample.apps.map(({ appId, sealed }) => ({
    by: keyIdOf(sealed),
    definition: opens(() => ({ ...readDefinition(vault, { appId, sealed }), appId })),
  }))
  const rows = [
    ...users.map(({ by, opens }) => ({ by, opens })),
    ...apps.map(one => ({ by: one.by, opens: one.definition })),
  ]
  const atHand = new Set(keys.root.keys.filter(key => key.state !== 'retired').map(key => key.id))
  return {
    generations: keys.root.keys.map(({ id, state }) => ({
      id,
      state,
      primary: id === keys.root.primary,
      users: users.filter(({ by }) => by === id).length,
    })),
    different: vault.keyChecks().flatMap(({ id, check }) => {
      const remembered = known.get(id)
      return remembered && !Buffer.from(remembered).equals(check) ? [Number(id)] : []
    }),
    missing: [...new Set(rows.map(({ by }) => by))].filter(id => !atHand.has(id)).sort((one, other) => one - other),
    opened: rows.filter(row => row.opens !== null).length,
    unopened: rows.filter(row => row.opens === null).length,
    apps: apps.flatMap(({ definition }) => (definition ? [definition] : [])),
  }
}

function opens<T>(open: () => T): T | null {
  try {
    return open()
  } catch (error) {
    if (error instanceof SealBroken || error instanceof SyntaxError) return null
    throw error
  }
}
