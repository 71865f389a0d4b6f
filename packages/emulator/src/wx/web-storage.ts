import type { WxStorage } from './storage.ts'

/** The part of the browser's `Storage` that is used. */
interface BrowserStorage {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/**
 * Keeps what a mini program stores in the browser.
 *
 * @param prefix tells app and person apart, such as `wx0123456789abcdef/lin/`
 * @example
 * const storage = webStorage(localStorage, `${appId}/${personId}/`)
 */
export function webStorage(storage: BrowserStorage, prefix: string): WxStorage {
  return {
    get: key => storage.getItem(prefix + key) ?? undefined,
    set: (key, value) => storage.setItem(prefix + key, value),
    delete: key => storage.removeItem(prefix + key),
    keys: () =>
      Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? '')
        .filter(key => key.startsWith(prefix))
        .map(key => key.slice(prefix.length)),
  }
}
