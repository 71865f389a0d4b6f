import type { TempFiles } from '@weapp-auth/emulator/wx'
import type { FindPicture } from './built-in/picture.ts'
import { readPageUrl } from './page-url.ts'

interface FindPictureTools {
  /** Pictures of the mini program as data URLs, by absolute path. */
  readonly assets: Readonly<Record<string, string>>
  readonly files: TempFiles
  /** Where this page gets an `http` address from; `undefined`: it is not to be had here. */
  readonly address: (url: string) => string | undefined
  /** Ends with the launch. */
  readonly ending: AbortSignal
}

/** Shown for a picture of another server: the simulator loads nothing from the network. */
const elsewhere =
  'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"%3E%3Crect width="96" height="96" fill="%23dfe3e8"/%3E%3Ccircle cx="48" cy="38" r="16" fill="%23a9b2bd"/%3E%3Cpath d="M16 88c3-22 16-30 32-30s29 8 32 30z" fill="%23a9b2bd"/%3E%3C/svg%3E'

/** Pictures of the mini program, temporary files, and what this machine serves. */
export function createFindPicture({ assets, files, address, ending }: FindPictureTools): FindPicture {
  const made = new Map<string, string>()
  ending.addEventListener('abort', () => {
    for (const url of made.values()) URL.revokeObjectURL(url)
  })
  return async (src, from) => {
    if (/^(data|blob):/.test(src)) return src
    const known = made.get(src)
    if (known) return known
    const file = await files.read(src)
    if (file) {
      const url = URL.createObjectURL(file)
      made.set(src, url)
      return url
    }
    if (/^https?:/.test(src)) return address(src) ?? elsewhere
    return assets[`/${readPageUrl(src, from).route}`] ?? ''
  }
}
