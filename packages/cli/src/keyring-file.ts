import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { generateKeyring, type Keyring, KeyringInvalid, readKeyring, writeKeyring } from '@weapp-auth/server'
import { CliFault } from './cli-fault.ts'
import { describePath } from './read-config.ts'

export interface OpenedKeyring {
  readonly keyring: Keyring
  /** True when the file was made just now. */
  readonly created: boolean
  /** What an operator should know, both languages, one line each; empty when all is well. */
  readonly warnings: readonly string[]
}

/**
 * Opens the file of the server's own secrets; makes it when `create` allows. Race: of two processes that find no file
 * one makes it, and both read that one.
 *
 * @throws CliFault `config` when there is no file or it is damaged, `noPermission` when it cannot be read or (with
 * `strict`) when others may read it, `cannotCreate`.
 */
export async function openKeyringFile(
  path: string,
  options: { readonly create: boolean; readonly strict: boolean },
): Promise<OpenedKeyring> {
  const found = await read(path)
  if (found !== null)
    return { keyring: parse(path, found), created: false, warnings: await checkMode(path, options.strict) }
  if (!options.create) throw missing(path)
  const created = await createKeyringFile(path)
  const text = await read(path)
  if (text === null) throw missing(path)
  return { keyring: parse(path, text), created, warnings: [] }
}

/**
 * Writes a new keyring that only this user may read. Never overwrites: without the old keys all sealed data is lost.
 * False when the file is there already.
 *
 * @throws CliFault
 */
export async function createKeyringFile(path: string): Promise<boolean> {
  const text = writeKeyring(generateKeyring())
  const draft = `${path}.${randomUUID()}`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    // A link appears at once with its whole content, and fails when the name is taken.
    await link(draft, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await read(path)) !== null) return false
    throw cannotCreate(path, error)
  } finally {
    await unlink(draft).catch(() => undefined)
  }
}

async function read(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw new CliFault(
      'noPermission',
      {
        zh: `无法读取密钥文件 ${describePath(path)}（${codeOf(error)}）。请确认它是文件，且当前用户可以读取。`,
        en: `The key file ${describePath(path)} cannot be read (${codeOf(error)}). It must be a file that this user may read.`,
      },
      error,
    )
  }
}

function parse(path: string, text: string): Keyring {
  try {
    return readKeyring(text)
  } catch (error) {
    if (!(error instanceof KeyringInvalid)) throw error
    throw new CliFault(
      'config',
      {
        zh: `密钥文件 ${describePath(path)} 已损坏（${error.message}）。请从备份恢复；没有原来的密钥，已加密的数据无法再读取。`,
        en: `The key file ${describePath(path)} is damaged (${error.message}). Restore it from a backup; without the original keys the sealed data cannot be read.`,
      },
      error,
    )
  }
}

/** Windows keeps permissions elsewhere; there the mode says nothing. */
async function checkMode(path: string, strict: boolean): Promise<readonly string[]> {
  const { mode } = await stat(path)
  const loose = mode & 0o077
  if (process.platform === 'win32' || loose === 0) return []
  const shown = (mode & 0o777).toString(8).padStart(4, '0')
  const sentence = {
    zh: `密钥文件 ${describePath(path)} 可以被其他用户访问（权限 ${shown}）。请执行 chmod 600。`,
    en: `Other users can reach the key file ${describePath(path)} (mode ${shown}). Run chmod 600 on it.`,
  }
  // Read access for the group is how orchestrators mount secrets.
  if (strict && (loose & 0o037) !== 0) throw new CliFault('noPermission', sentence)
  return [sentence.zh, sentence.en]
}

function missing(path: string): CliFault {
  return new CliFault('config', {
    zh: `没有密钥文件 ${describePath(path)}，而 NODE_ENV=production 时不会自动生成。请先执行一次 "weapp-auth keys"，妥善备份该文件，或用 KEYS 指定其位置。`,
    en: `There is no key file ${describePath(path)}, and none is made by itself with NODE_ENV=production. Run "weapp-auth keys" once and keep a backup of the file, or say with KEYS where it is.`,
  })
}

function cannotCreate(path: string, error: unknown): CliFault {
  const isRefused = ['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))
  return new CliFault(
    isRefused ? 'noPermission' : 'cannotCreate',
    {
      zh: `无法创建密钥文件 ${describePath(path)}（${codeOf(error)}）。请检查所在目录，或用 KEYS 指定其他位置。`,
      en: `The key file ${describePath(path)} cannot be created (${codeOf(error)}). Check its folder, or choose another place with KEYS.`,
    },
    error,
  )
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown'
}
