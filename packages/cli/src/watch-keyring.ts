import { stat } from 'node:fs/promises'
import type { Keyring } from '@weapp-auth/server'
import { openKeyringFile } from './keyring-file.ts'

export interface WatchKeyringOptions {
  readonly path: string
  /** Refuses a file that others can reach. */
  readonly strict: boolean
  /** Is given the keys of a file that changed. */
  readonly replace: (keyring: Keyring) => Promise<void>
  /** Is told how it went: what failed leaves the former keys in use, and is tried again when the file changes again. */
  readonly tell: (outcome: 'replaced' | { readonly failed: unknown }) => void
}

/**
 * Looks whether the key file has changed, and gives its keys to the server. Ask as often as you like: of two looks at
 * once the second waits for the first.
 */
export async function watchKeyring({ path, strict, replace, tell }: WatchKeyringOptions): Promise<() => Promise<void>> {
  let seen = await stampOf(path)
  let looking: Promise<void> = Promise.resolve()

  async function look(): Promise<void> {
    const stamp = await stampOf(path)
    // A file that is away for a moment is being put in place by other means than ours.
    if (stamp === null || stamp === seen) return
    seen = stamp
    try {
      await replace((await openKeyringFile(path, { create: false, strict })).keyring)
      tell('replaced')
    } catch (error) {
      tell({ failed: error })
    }
  }

  return () => {
    looking = looking.then(look)
    return looking
  }
}

/** Changes with every replacement of the file. */
async function stampOf(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null)
  return found && `${found.dev} ${found.ino} ${found.size} ${found.mtimeMs}`
}
