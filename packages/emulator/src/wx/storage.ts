import { type AsyncApi, type AsyncApiTools, asyncApi } from './async-api.ts'
import { compareVersions } from './base-library.ts'
import { checkText } from './check-parameter.ts'
import type { WxDevice } from './device.ts'
import { WxFail } from './fail.ts'

/** Where the texts lie; a `Map` fits. */
export interface WxStorage {
  get(key: string): string | undefined
  set(key: string, value: string): unknown
  delete(key: string): unknown
  keys(): Iterable<string>
}

interface Info {
  readonly keys: readonly string[]
  /** KB. */
  readonly currentSize: number
  /** KB. */
  readonly limitSize: number
}

export interface StorageApis {
  setStorage: AsyncApi<{ readonly key: string; readonly data: unknown; readonly encrypt?: boolean }, object>
  getStorage: AsyncApi<{ readonly key: string; readonly encrypt?: boolean }, { readonly data: unknown }>
  removeStorage: AsyncApi<{ readonly key: string }, object>
  clearStorage: AsyncApi<object, object>
  getStorageInfo: AsyncApi<object, Info>
  setStorageSync(key: string, data: unknown): void
  /** An empty text when there is nothing. */
  getStorageSync(key: string): unknown
  removeStorageSync(key: string): void
  clearStorageSync(): void
  getStorageInfoSync(): Info
}

/** wx.setStorage: one entry 1 MB (encrypted 0.7 MB), all together 10 MB (7.1 MB). */
const LIMITS = {
  plain: { entry: 1_048_576, total: 10_485_760 },
  encrypted: { entry: 734_003, total: 7_444_889 },
} as const

/**
 * The storage of one person in one mini program. What was written with `encrypt` is read only with `encrypt`: both lie
 * apart, as `p:key` and `e:key`.
 */
export function storageApis(storage: WxStorage, device: WxDevice, tools: AsyncApiTools): StorageApis {
  const canEncrypt = compareVersions(device.sdkVersion, '2.21.3') >= 0
  const placeOf = (key: unknown, encrypt = false) => `${encrypt && canEncrypt ? 'e' : 'p'}:${checkText(key, 'key')}`

  function write(place: string, data: unknown): void {
    const text = encode(data)
    const { entry, total } = place.startsWith('e:') ? LIMITS.encrypted : LIMITS.plain
    if (bytes(text) > entry) throw new WxFail('entry size limit reached')
    if (sizeOf(storage, place) + bytes(text) > total) throw new WxFail('exceed storage max size 10Mb')
    storage.set(place, text)
  }

  function remove(key: unknown): void {
    for (const encrypt of [true, false]) storage.delete(placeOf(key, encrypt))
  }

  function clear(): void {
    for (const place of [...storage.keys()]) storage.delete(place)
  }

  function info(): Info {
    const keys = [...new Set(Array.from(storage.keys(), place => place.slice(2)))]
    return { keys, currentSize: Math.ceil(sizeOf(storage) / 1024), limitSize: LIMITS.plain.total / 1024 }
  }

  const sync = <Args extends readonly unknown[], T>(name: string, run: (...args: Args) => T) => {
    return (...args: Args) => {
      try {
        return run(...args)
      } catch (error) {
        throw new Error(`${name}:fail ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }

  return {
    setStorage: asyncApi('setStorage', tools, async ({ key, data, encrypt }) => {
      write(placeOf(key, encrypt), data)
      return {}
    }),
    getStorage: asyncApi('getStorage', tools, async ({ key, encrypt }) => {
      const text = storage.get(placeOf(key, encrypt))
      if (text === undefined) throw new WxFail('data not found')
      return { data: decode(text) }
    }),
    removeStorage: asyncApi('removeStorage', tools, async ({ key }) => {
      remove(key)
      return {}
    }),
    clearStorage: asyncApi('clearStorage', tools, async () => {
      clear()
      return {}
    }),
    getStorageInfo: asyncApi('getStorageInfo', tools, async () => info()),
    setStorageSync: sync('setStorageSync', (key, data) => write(placeOf(key), data)),
    getStorageSync: sync('getStorageSync', key => {
      const text = storage.get(placeOf(key))
      return text === undefined ? '' : decode(text)
    }),
    removeStorageSync: sync('removeStorageSync', remove),
    clearStorageSync: clear,
    getStorageInfoSync: info,
  }
}

/** Plain values, dates and what JSON can hold, as the reference page says. */
function encode(data: unknown): string {
  const entry = data instanceof Date ? { date: data.getTime() } : { data }
  const text = safely(() => JSON.stringify(entry))
  if (text === undefined || typeof data === 'function' || typeof data === 'symbol')
    throw new WxFail('data can not be serialized')
  return text
}

function decode(text: string): unknown {
  const entry = JSON.parse(text) as { readonly data?: unknown; readonly date?: number }
  return entry.date === undefined ? (entry.data ?? (entry.data === null ? null : '')) : new Date(entry.date)
}

function safely<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}

function sizeOf(storage: WxStorage, except?: string): number {
  let size = 0
  for (const place of storage.keys()) if (place !== except) size += bytes(storage.get(place) ?? '')
  return size
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length
}
