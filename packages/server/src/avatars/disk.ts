import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AvatarStorage } from '../ports/avatar-storage.ts'

export interface DiskAvatarsOptions {
  /** A folder of its own; made when it is not there. Back it up with the database. */
  readonly folder: string
}

/**
 * Keeps avatars in a folder of this machine. A file is there whole or not at all, and on the disk when `put` resolves.
 *
 * @throws TypeError `"folder" must be …`.
 *
 * @example
 * const avatars = { storage: createDiskAvatars({ folder: '/var/lib/weapp-auth/avatars' }) }
 */
export function createDiskAvatars({ folder }: DiskAvatarsOptions): AvatarStorage {
  if (typeof folder !== 'string' || folder === '') throw new TypeError('"folder" must be the path of a folder')

  // 4096 folders of few files each, and no key may lead out of them.
  function placeOf(key: string): { readonly shelf: string; readonly path: string } {
    if (!/^[A-Za-z0-9_-]{32}$/.test(key)) throw new TypeError('"key" must be the key of an avatar')
    const shelf = join(folder, key.slice(0, 2))
    return { shelf, path: join(shelf, key) }
  }

  return {
    async put(key, bytes) {
      const { shelf, path } = placeOf(key)
      await mkdir(shelf, { recursive: true, mode: 0o700 })
      const unfinished = `${path}.${randomUUID()}`
      try {
        const file = await open(unfinished, 'wx', 0o600)
        try {
          await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(unfinished, path)
      } catch (error) {
        await rm(unfinished, { force: true }).catch(() => {})
        throw error
      }
    },
    async get(key) {
      return readFile(placeOf(key).path).then(bytes => new Uint8Array(bytes), absent)
    },
    async delete(key) {
      await rm(placeOf(key).path, { force: true })
    },
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
