import { CliFault } from './cli-fault.ts'
import { keysFlags } from './flags.ts'
import { createKeyringFile } from './keyring-file.ts'
import { describePath, readConfig } from './read-config.ts'
import { readFlags } from './read-flags.ts'
import type { Terminal } from './terminal.ts'

/** `weapp-auth keys`: makes the key file, once. */
export async function keys(args: readonly string[], terminal: Terminal): Promise<void> {
  const { keys: path } = readConfig(terminal.env, readFlags('keys', args, keysFlags))
  const file = describePath(path)
  if (await createKeyringFile(path)) {
    terminal.out(
      `已生成密钥文件 ${file}。请备份并单独保管：没有它，已加密的数据无法读取。\nThe key file ${file} is made. Back it up and keep it apart from the database: without it the sealed data cannot be read.`,
    )
    return
  }
  throw new CliFault('cannotCreate', {
    zh: `密钥文件 ${file} 已经存在，不会被覆盖。`,
    en: `The key file ${file} exists already and is never overwritten.`,
  })
}
