import { describe, expect, it } from 'vitest'
import type { AvatarStorage } from '../src/ports/avatar-storage.ts'

/** What every storage of avatars promises. `open` brings an empty one. */
export function avatarStorageContract(name: string, open: () => AvatarStorage): void {
  const [one, two] = ['a'.repeat(32), `${'b'.repeat(30)}-_`]
  const bytes = Uint8Array.from({ length: 5000 }, (_, at) => at % 256)

  describe(name, () => {
    it('gives back what was put, byte for byte', async () => {
      const storage = open()
      await storage.put(one, bytes, 'image/png')
      await storage.put(two, Uint8Array.of(1), 'image/gif')
      expect(await storage.get(one)).toEqual(bytes)
      expect(await storage.get(two)).toEqual(Uint8Array.of(1))
    })

    it('has nothing under a key that was never put, or was deleted', async () => {
      const storage = open()
      expect(await storage.get(one)).toBeNull()
      await storage.put(one, bytes, 'image/png')
      await storage.delete(one)
      await storage.delete(one)
      expect(await storage.get(one)).toBeNull()
    })
  })
}
