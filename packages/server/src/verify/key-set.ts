import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import type { Fetch } from './read-json.ts'
import { readJson } from './read-json.ts'
import { VerifierFault } from './verifier-fault.ts'

export interface KeySetTools {
  readonly url: string
  readonly clock: { now(): number }
  readonly fetch: Fetch
}

/** What the server allows caches; a new key is published before it signs. */
const freshMs = 5 * 60_000
/** How long known keys are used while the server cannot be reached. */
const staleMs = 60 * 60_000
/** Between two readings that a token or an outage causes. */
const pauseMs = 30_000

interface Known {
  readonly find: ReturnType<typeof createLocalJWKSet>
  readonly readAt: number
}

/**
 * The public keys of the server, read when they are first needed. A key that is not known causes one reading, at most
 * every 30 s however many tokens name one, and all who wait share it. While the server is away, keys it once published
 * are used for an hour: that a token is refused because its issuer restarts would be worse.
 *
 * Not jose's `createRemoteJWKSet`: it takes the time from the system and forgets its keys during an outage.
 *
 * Throws VerifierFault keys_unavailable.
 */
export function createKeySet({ url, clock, fetch }: KeySetTools): JWTVerifyGetKey {
  let known: Known | null = null
  let last: { readonly at: number; readonly fault: VerifierFault | null } | null = null
  let reading: Promise<Known> | null = null

  function read(): Promise<Known> {
    reading ??= readJson(fetch, new Request(url, { headers: { accept: 'application/json' } }))
      .then(keys => createLocalJWKSet(keys as unknown as JSONWebKeySet))
      .then(
        find => {
          last = { at: clock.now(), fault: null }
          const found: Known = { find, readAt: clock.now() }
          known = found
          return found
        },
        (cause: unknown): never => {
          const fault = new VerifierFault('keys_unavailable', cause)
          last = { at: clock.now(), fault }
          throw fault
        },
      )
      .finally(() => {
        reading = null
      })
    return reading
  }

  /** Also when the clock was set back. */
  const over = (since: number, ms: number) => clock.now() < since || clock.now() - since >= ms
  const mayRead = () => reading !== null || last === null || over(last.at, pauseMs)

  async function keys() {
    const before = known
    if (!before) return read()
    if (!over(before.readAt, freshMs)) return before
    if (over(before.readAt, staleMs)) return read()
    return mayRead() ? read().catch(() => before) : before
  }

  return async (header, token) => {
    if (typeof header.kid !== 'string') throw new errors.JWKSNoMatchingKey()
    const { find } = await keys()
    return find(header, token).catch(async error => {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      if (!mayRead()) throw last?.fault ?? error
      return (await read()).find(header, token)
    })
  }
}
