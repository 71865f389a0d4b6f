import type { Platform } from '../platform.ts'
import { textField } from './field.ts'
import { within } from './wait.ts'

/**
 * All that is ever written to the device. It is the body of the refresh: whoever reads it, after a kill or in another
 * copy of the SDK, makes the same attempt and gets the same successor.
 */
export interface StoredSession {
  readonly refreshToken: string
  /** The nonce that this token will be refreshed with. */
  readonly nonce: string
}

export interface SessionStorage {
  /** What was written last, by whomever. Null when there is nothing, or nothing that can be read. */
  read(): Promise<StoredSession | null>
  /** Writes one after the other, so that the last call wins. Never rejects: a full storage costs a login at the next launch. */
  write(session: StoredSession | null): Promise<unknown>
}

/** A storage that never calls back must not stop the launch. */
const lostAfterMs = 3000

/** @param key names the entry */
export function createSessionStorage(platform: Platform, key: string): SessionStorage {
  let last: Promise<unknown> = Promise.resolve()

  const soon = <T>(call: Promise<T>) => within(platform, lostAfterMs, call)
  const remove = () => soon(platform.removeStorage(key)).catch(() => {})

  return {
    read: () =>
      last
        .then(() => soon(platform.readStorage(key)))
        .then(parse)
        .catch(() => null),
    write(session) {
      const put = () =>
        // When it fails, what is there is older than what was to be written: better nothing than a spent token.
        session ? soon(platform.writeStorage(key, JSON.stringify(session))).catch(remove) : remove()
      last = last.then(put)
      return last
    },
  }
}

function parse(text: string | null): StoredSession | null {
  const value: unknown = JSON.parse(text || 'null')
  const refreshToken = textField(value, 'refreshToken')
  const nonce = textField(value, 'nonce')
  return refreshToken && nonce ? { refreshToken, nonce } : null
}
