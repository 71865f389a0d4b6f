import type { Platform } from '../platform.ts'
import { field } from './field.ts'

/**
 * Several copies of the SDK may run in one app: each subpackage bundles its own, and `createAuth` may be called twice.
 * The first to ask makes the thing and leaves it on an object that all of them see; the others take what is there.
 * Where nothing can be left, each has its own.
 *
 * @param key says what it is, and in which form: a copy of another version must not find what it cannot use.
 */
export function shareOne<T>({ shared }: Platform, key: string, make: () => T): T {
  const there = field(shared, key)
  if (there) return there as T
  const made = make()
  try {
    // Not enumerable, because frameworks go through the calls of `wx`; throws when the object takes nothing new.
    if (shared) Object.defineProperty(shared, key, { value: made })
  } catch {}
  return made
}
