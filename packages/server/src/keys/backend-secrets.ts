import { timingSafeEqual } from 'node:crypto'
import { digest } from './digest.ts'

/** Whether this is the secret of this backend; takes the same time for every wrong one. */
export type KnowsSecret = (id: string, secret: string) => boolean

/**
 * Digests have one length, which `timingSafeEqual` asks for; an unknown id is compared with something as well.
 *
 * @example
 * const knows = createBackendSecrets([{ id: 'orders', secret: 'Zm9yLXRoZS1leGFtcGxlLW9ubHk' }])
 * knows('orders', 'guess') // false
 */
export function createBackendSecrets(
  backends: Iterable<{ readonly id: string; readonly secret: string }>,
): KnowsSecret {
  const digests = new Map(Array.from(backends, ({ id, secret }) => [id, digest('backend', secret)]))
  const nobody = digest('backend', '')
  return (id, secret) => timingSafeEqual(digest('backend', secret), digests.get(id) ?? nobody) && digests.has(id)
}
