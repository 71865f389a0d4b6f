import type { PublicJwk } from '../../keys/signing-key.ts'

/** The keys that verify our access tokens (RFC 7517, section 5). */
export function getJwks(keys: () => readonly PublicJwk[]) {
  return async (): Promise<{ readonly keys: readonly PublicJwk[] }> => ({ keys: keys() })
}
