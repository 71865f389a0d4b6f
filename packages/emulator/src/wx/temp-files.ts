import type { WxDevice } from './device.ts'

/** Temporary files of one launch. */
export interface TempFiles {
  /** @returns the path that the mini program sees */
  add(bytes: Uint8Array<ArrayBuffer>, ending: string): string
  read(path: string): Promise<Blob | undefined>
}

/** @param readHost files of the host, such as a picture that was chosen in the browser */
export function createTempFiles(
  { platform }: WxDevice,
  randomBytes: (length: number) => Uint8Array,
  readHost: (path: string) => Promise<Blob | undefined>,
): TempFiles {
  const files = new Map<string, Blob>()
  return {
    add(bytes, ending) {
      const name = Array.from(randomBytes(16), byte => byte.toString(16).padStart(2, '0')).join('')
      const path = platform === 'devtools' ? `http://tmp/${name}.${ending}` : `wxfile://tmp_${name}.${ending}`
      files.set(path, new Blob([bytes]))
      return path
    },
    read: async path => files.get(path) ?? readHost(path),
  }
}
