import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { avatarStorageContract } from '../../test/avatar-storage-contract.ts'
import { createMemoryAvatars } from '../../test/memory-avatars.ts'
import { createDiskAvatars } from './disk.ts'

const root = mkdtempSync(join(tmpdir(), 'weapp-auth-'))
afterAll(() => rmSync(root, { recursive: true }))

const newFolder = () => mkdtempSync(join(root, 'avatars-'))
const key = 'k'.repeat(32)

avatarStorageContract('avatars on the disk', () => createDiskAvatars({ folder: newFolder() }))
avatarStorageContract('avatars in memory, for tests', () => createMemoryAvatars().storage)

describe('the folder', () => {
  it('is made when it is not there, and read by nobody else', async () => {
    const folder = join(newFolder(), 'deep', 'down')
    await createDiskAvatars({ folder }).put(key, Uint8Array.of(1), 'image/gif')
    expect(readdirSync(folder)).toEqual(['kk'])
    expect(statSync(join(folder, 'kk', key)).mode & 0o777).toBe(0o600)
  })

  it('holds no half-written file when writing fails', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'kk'), 'in the way')
    await expect(createDiskAvatars({ folder }).put(key, Uint8Array.of(1), 'image/gif')).rejects.toThrow()
    expect(readdirSync(folder)).toEqual(['kk'])
  })

  it.each(['../../../../etc/passwd', '..%2F', '', 'a/b', `${'a'.repeat(31)}/`, 'a'.repeat(33)])(
    'is not left by the key %j',
    async wrong => {
      const storage = createDiskAvatars({ folder: newFolder() })
      await expect(storage.get(wrong)).rejects.toThrow('"key" must be the key of an avatar')
      await expect(storage.put(wrong, Uint8Array.of(1), 'image/gif')).rejects.toThrow(TypeError)
      await expect(storage.delete(wrong)).rejects.toThrow(TypeError)
    },
  )

  it('is named', () => {
    expect(() => createDiskAvatars({ folder: '' })).toThrow('"folder" must be the path of a folder')
  })
})
