import { checkKeyring, type Keyring } from './keyring.ts'
import { SealBroken } from './sealed-record.ts'
import { createSubKeys, type SubKeys } from './sub-keys.ts'

/** The root keys in use, ready to derive from. */
export interface Ring {
  /** Seals everything new. */
  readonly primary: SubKeys
  /** Every key that may open, the primary first. */
  readonly all: readonly SubKeys[]
  /** Throws {@link SealBroken} when there is no such key. */
  byId(id: number): SubKeys
}

/** A ring whose keys can be replaced while it is used: ask it each time, keep nothing it gave. */
export interface LiveRing extends Ring {
  /** Throws `KeyringInvalid`; nothing has changed then. */
  replace(keyring: Keyring): void
}

/**
 * Sorts the root keys of a keyring by what they may still do. Throws `KeyringInvalid`.
 *
 * @example
 * openRing(keys).primary.of('mac/refresh')
 */
export function openRing(keyring: Keyring): LiveRing {
  let ring = sort(keyring)
  return {
    get primary() {
      return ring.primary
    },
    get all() {
      return ring.all
    },
    byId: id => ring.byId(id),
    replace(next) {
      ring = sort(next)
    },
  }
}

function sort(keyring: Keyring): Ring {
  const { primary: primaryId, keys } = checkKeyring(keyring).root
  const byId = new Map(keys.filter(key => key.state !== 'retired').map(key => [key.id, createSubKeys(key)]))
  const pick = (id: number): SubKeys => {
    const found = byId.get(id)
    if (!found) throw new SealBroken()
    return found
  }
  const primary = pick(primaryId)
  return { primary, all: [primary, ...[...byId.values()].filter(key => key !== primary)], byId: pick }
}
