import { type ImageType, imageTypeOf } from '../domain/image-type.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { AvatarStorage } from '../ports/avatar-storage.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import { StorageFault, type Store } from '../ports/store.ts'

export interface AvatarFilesTools {
  /** `null`: no avatars are kept. */
  readonly storage: AvatarStorage | null
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
}

/** A picture as it is sent out. */
interface AvatarFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly type: ImageType
}

/** The files behind the avatars. */
export interface AvatarFiles {
  /**
   * Keeps a picture under a new key; it is doomed until a profile names it.
   * Throws ProblemError avatar_invalid, avatars_off.
   */
  keep(bytes: Uint8Array): Promise<string>
  /** Throws ProblemError avatar_unknown. */
  read(key: string): Promise<AvatarFile>
  /** Deletes a doomed file; when that fails, sweeping tries again. */
  remove(key: string | null): Promise<void>
  /** Deletes what is doomed for so long that nobody can be about to name it. Answers how many. */
  sweep(): Promise<number>
}

/** No upload takes this long, in milliseconds. */
const uploadLimit = 60 * 60_000
const batch = 100

export function createAvatarFiles({ storage, store, clock, random }: AvatarFilesTools): AvatarFiles {
  function kept(): AvatarStorage {
    if (!storage) throw new ProblemError('avatars_off')
    return storage
  }

  async function remove(key: string): Promise<boolean> {
    try {
      await storage?.delete(key)
      await store.forgetAvatar(key)
      return true
    } catch {
      return false
    }
  }

  return {
    async keep(bytes) {
      const files = kept()
      const type = imageTypeOf(bytes)
      if (!type) throw new ProblemError('avatar_invalid', { field: 'avatar' })
      // 192 bits: an avatar is found by those who were told its address.
      const key = Buffer.from(random.bytes(24)).toString('base64url')
      await store.doomAvatar(key, clock.now())
      await files.put(key, bytes, type).catch(failed)
      return key
    },
    async read(key) {
      const bytes = storage && /^[A-Za-z0-9_-]{32}$/.test(key) ? await storage.get(key).catch(failed) : null
      const type = bytes && imageTypeOf(bytes)
      if (!type) throw new ProblemError('avatar_unknown')
      return { bytes, type }
    },
    async remove(key) {
      if (key !== null) await remove(key)
    },
    async sweep() {
      if (!storage) return 0
      const keys = await store.doomedAvatars(clock.now() - uploadLimit, batch)
      const removed = await Promise.all(keys.map(remove))
      return removed.filter(Boolean).length
    },
  }
}

function failed(error: unknown): never {
  throw error instanceof StorageFault ? error : new StorageFault('failed', error)
}
