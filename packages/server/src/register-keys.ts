import { ProblemError } from './domain/problem-error.ts'
import type { Store } from './ports/store.ts'

/** Remembers the root keys by their check values. Throws ProblemError keys_mismatched that names the wrong one. */
export async function registerKeys(
  store: Store,
  keys: readonly { readonly id: string; readonly check: Uint8Array }[],
  now: number,
): Promise<void> {
  for (const { id, check } of keys) {
    if ((await store.registerKey({ id, check, now })) !== 'different') continue
    throw new ProblemError('keys_mismatched', { detail: `root key ${id} is not the one this data was sealed with` })
  }
}
