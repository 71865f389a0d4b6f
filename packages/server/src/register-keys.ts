import { ProblemError } from './domain/problem-error.ts'
import type { Store } from './ports/store.ts'

type Keys = readonly { readonly id: string; readonly check: Uint8Array }[]

/**
 * Remembers the root keys by their check values. Throws ProblemError keys_mismatched that names the wrong one, or one that
 * is missing while data is sealed with it; nothing has been changed then.
 */
export async function registerKeys(store: Store, keys: Keys, now: number): Promise<void> {
  await requireNoneMissing(store, keys)
  for (const { id, check } of keys) {
    if ((await store.registerKey({ id, check, now })) !== 'different') continue
    throw new ProblemError('keys_mismatched', { detail: `root key ${id} is not the one this data was sealed with` })
  }
}

/** A key that was retired is not missed: nothing is sealed with it any more. */
async function requireNoneMissing(store: Store, keys: Keys): Promise<void> {
  const atHand = new Set(keys.map(({ id }) => id))
  for (const id of await store.rootKeyIds()) {
    if (atHand.has(id)) continue
    const sealed = Object.values(await store.countSealed(Number(id)))
    if (sealed.every(rows => rows === 0)) continue
    throw new ProblemError('keys_mismatched', { detail: `root key ${id} is missing, and data is sealed with it` })
  }
}
