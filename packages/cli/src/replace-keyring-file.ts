import { open, rename, unlink } from 'node:fs/promises'
import { type Keyring, writeKeyring } from '@weapp-auth/server'
import { CliFault } from './cli-fault.ts'
import { openKeyringFile } from './keyring-file.ts'
import { describePath } from './read-config.ts'

/**
 * Changes the key file: whoever reads it finds it before or after the change, and it stays for this user only. Race:
 * of two changes at once the second one is refused.
 *
 * @param change answers the keyring to be written, with whatever else the caller wants back; a fault of it leaves the
 *   file as it is.
 * @throws CliFault
 */
export async function replaceKeyringFile<T extends { readonly keyring: Keyring }>(
  path: string,
  change: (keyring: Keyring) => T,
): Promise<T> {
  const next = `${path}.next`
  const draft = await open(next, 'wx', 0o600).catch(error => {
    throw cannotWrite(path, next, error)
  })
  try {
    const { keyring } = await openKeyringFile(path, { create: false, strict: false })
    const changed = change(keyring)
    await draft.writeFile(writeKeyring(changed.keyring))
    await draft.sync()
    await rename(next, path).catch(error => {
      throw cannotWrite(path, next, error)
    })
    return changed
  } finally {
    await draft.close()
    // Gone already when it was renamed.
    await unlink(next).catch(() => undefined)
  }
}

function cannotWrite(path: string, next: string, error: unknown): CliFault {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
  if (code === 'EEXIST')
    return new CliFault(
      'unavailable',
      {
        zh: `另一个命令正在修改密钥文件。若没有，请删除 ${describePath(next)} 后重试。`,
        en: `Another command is changing the key file. If there is none, delete ${describePath(next)} and try again.`,
      },
      error,
    )
  const isRefused = ['EACCES', 'EPERM', 'EROFS'].includes(code)
  return new CliFault(
    isRefused ? 'noPermission' : 'cannotCreate',
    {
      zh: `无法改写密钥文件 ${describePath(path)}（${code}）。它所在的目录必须可写；挂载的密钥请在其来源处更换。`,
      en: `The key file ${describePath(path)} cannot be rewritten (${code}). Its folder must be writable; change a mounted secret where it comes from.`,
    },
    error,
  )
}
