import type { AvatarStorage } from '../src/ports/avatar-storage.ts'

/** Avatars in memory, whose next call can be made to fail. */
export function createMemoryAvatars() {
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  const failures: (keyof AvatarStorage)[] = []

  function failIfTold(call: keyof AvatarStorage): void {
    if (failures[0] !== call) return
    failures.shift()
    throw new Error(`no ${call} today`)
  }

  const storage: AvatarStorage = {
    async put(key, bytes) {
      failIfTold('put')
      files.set(key, new Uint8Array(bytes))
    },
    async get(key) {
      failIfTold('get')
      return files.get(key) ?? null
    },
    async delete(key) {
      failIfTold('delete')
      files.delete(key)
    },
  }
  return { storage, files, failNext: (call: keyof AvatarStorage) => void failures.push(call) }
}
