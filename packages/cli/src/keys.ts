import {
  administer,
  type KeyChange,
  type KeyKind,
  type Keyring,
  type ListedKey,
  listKeys,
  ProblemError,
  retireKey,
  rotateKeyring,
  type SealedRows,
} from '@weapp-auth/server'
import { CliFault } from './cli-fault.ts'
import { keysFlags } from './flags.ts'
import { createKeyringFile, openKeyringFile } from './keyring-file.ts'
import { mayExist, openStore } from './open-store.ts'
import { type Config, describePath, readConfig } from './read-config.ts'
import { readFlags } from './read-flags.ts'
import { readWords } from './read-words.ts'
import { replaceKeyringFile } from './replace-keyring-file.ts'
import type { Terminal } from './terminal.ts'

interface Work {
  readonly config: Config
  readonly terminal: Terminal
  /** What follows the name of the step. */
  readonly words: readonly string[]
  readonly hurry: boolean
}

const steps: Readonly<Record<string, (work: Work) => Promise<void>>> = { make, list, rotate, retire, reseal }

/** `weapp-auth keys`: makes the key file; lists, rotates and retires keys while the server runs. */
export async function keys(args: readonly string[], terminal: Terminal): Promise<void> {
  const { words, flags } = readWords(args)
  const { hurry = false, ...more } = readFlags('keys', flags, keysFlags)
  const [name = 'make', ...rest] = words
  const step = Object.hasOwn(steps, name) ? steps[name] : undefined
  if (!step) throw usage()
  await step({ config: readConfig(terminal.env, more), terminal, words: rest, hurry })
}

async function make({ config, terminal }: Work): Promise<void> {
  const file = describePath(config.keys)
  if (await createKeyringFile(config.keys)) {
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

async function list({ config, terminal }: Work): Promise<void> {
  const { keyring } = await openKeyringFile(config.keys, { create: false, strict: false })
  for (const key of listKeys(keyring)) terminal.out(lineOf(key))
}

function lineOf({ kind, name, use, since }: ListedKey): string {
  return `${kind.padEnd(8)} ${use.padEnd(8)} ${since === null ? '-'.padEnd(24) : timeOf(since)} ${name}`
}

async function rotate({ config, terminal, words: [kind, ...more], hurry }: Work): Promise<void> {
  if ((kind !== 'root' && kind !== 'signing') || more.length > 0) throw usage()
  await changeKeys(config, terminal, keyring => {
    const step = rotateKeyring({ keyring, kind, now: Date.now(), hurry })
    if (step.status === 'too-early') throw tooEarly(step.until)
    const change: KeyChange = { kind, key: step.key, change: step.status }
    return { keyring: step.keyring, change, say: step.status === 'staged' ? waits(kind, step) : isUsed(kind, step) }
  })
}

interface Decision {
  readonly keyring: Keyring
  readonly change: KeyChange
  /** For the operator, when it is done. */
  readonly say: string
}

/**
 * Changes the key file, and writes to the audit log of a database that is there what was done. The database is opened
 * first: when it cannot be written, the file stays as it was.
 */
async function changeKeys(config: Config, terminal: Terminal, decide: (keyring: Keyring) => Decision): Promise<void> {
  const { keyring } = await openKeyringFile(config.keys, { create: false, strict: false })
  const replace = () => replaceKeyringFile(config.keys, decide)
  const { say } = mayExist(config.database)
    ? await withAdministration(config, keyring, async ({ keyChanged }) => {
        const decided = await replace()
        await keyChanged(decided.change)
        return decided
      })
    : await replace()
  terminal.out(say)
}

function waits(kind: KeyKind, { key, until }: { readonly key: string; readonly until: number }): string {
  return `新密钥 ${key} 已写入，尚未启用。请备份密钥文件，并在 ${timeOf(until)} 之后再次执行 "weapp-auth keys rotate ${kind}"。\nThe new key ${key} is in the file and not used yet. Back the file up, and run "weapp-auth keys rotate ${kind}" again after ${timeOf(until)}.`
}

function isUsed(kind: KeyKind, { key, former }: { readonly key: string; readonly former: string }): string {
  return kind === 'root' ? sealsNow(key, former) : signsNow(key, former)
}

function sealsNow(key: string, former: string): string {
  return `新数据由密钥 ${key} 加密，旧数据仍可用密钥 ${former} 读取。接下来："weapp-auth keys reseal"，七天后 "weapp-auth keys retire ${former}"。\nKey ${key} seals from now on, key ${former} still opens. Next: "weapp-auth keys reseal", and after seven days "weapp-auth keys retire ${former}".`
}

function signsNow(key: string, former: string): string {
  return `令牌改由 ${key} 签名；旧令牌在过期前仍然有效。十五分钟后："weapp-auth keys retire ${former}"。\n${key} signs from now on; tokens of the former key are good until they expire. After fifteen minutes: "weapp-auth keys retire ${former}".`
}

async function retire({ config, terminal, words: [key, ...more], hurry }: Work): Promise<void> {
  if (key === undefined || more.length > 0) throw usage()
  const { keyring } = await openKeyringFile(config.keys, { create: false, strict: false })
  const kind = listKeys(keyring).find(({ name }) => name === key)?.kind
  if (!kind) throw unusable('没有这个密钥', 'there is no such key', key)
  if (kind === 'root') await beNeededNoMore(config, keyring, key)
  await changeKeys(config, terminal, keyring => {
    const step = retireKey({ keyring, kind, key, now: Date.now(), hurry })
    if (step.status === 'too-early') throw tooEarly(step.until)
    if (step.status === 'unknown') throw unusable('没有这个密钥', 'there is no such key', key)
    if (step.status === 'in-use') throw unusable('正在使用或等待启用', 'it is in use, or waits to be', key)
    const change: KeyChange = { kind, key, change: step.status }
    return { keyring: step.keyring, change, say: `密钥 ${key} 已从文件中删除。\nKey ${key} is gone from the file.` }
  })
}

/** Refuses while rows are left that only this key opens. */
async function beNeededNoMore(config: Config, keyring: Keyring, key: string): Promise<void> {
  const left = await withAdministration(config, keyring, ({ reseal }) => reseal.left(Number(key)))
  const count = Object.values<number>({ ...left }).reduce((sum, rows) => sum + rows, 0)
  if (count === 0) return
  throw new CliFault('data', {
    zh: `密钥 ${key} 仍被 ${rowsOf(left)} 使用。请先执行 "weapp-auth keys reseal"（jobs 会自行完成）。`,
    en: `Key ${key} is still needed: ${rowsOf(left)}. Run "weapp-auth keys reseal" first (jobs end by themselves).`,
  })
}

function rowsOf({ users, phones, apps, grants, jobs }: SealedRows): string {
  return `users ${users}, phones ${phones}, apps ${apps}, grants ${grants}, jobs ${jobs}`
}

async function reseal({ config, terminal }: Work): Promise<void> {
  const { keyring } = await openKeyringFile(config.keys, { create: false, strict: false })
  const key = listKeys(keyring).find(({ kind, use }) => kind === 'root' && use === 'current')
  if ((key?.since ?? 0) + 15_000 > Date.now()) throw tooEarly((key?.since ?? 0) + 15_000)
  const done = await withAdministration(config, keyring, ({ reseal }) =>
    reseal.run(({ users }) => terminal.err(`users ${users}`)),
  )
  terminal.out(
    `完成：${done.users} 个用户、${done.apps} 个小程序改用密钥 ${key?.name}。\nDone: ${done.users} users and ${done.apps} apps are sealed with key ${key?.name}.`,
  )
}

/** The operators' side of the database, beside the server that may run. */
export async function withAdministration<T>(
  config: Pick<Config, 'database'>,
  keyring: Keyring,
  work: (administration: Awaited<ReturnType<typeof administer>>) => Promise<T>,
): Promise<T> {
  const store = await openStore(config.database, { beside: true })
  try {
    return await work(await administer({ store, keys: keyring }))
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    throw new CliFault('config', { zh: error.detail ?? error.code, en: error.detail ?? error.code }, error)
  } finally {
    await store.close()
  }
}

function timeOf(at: number): string {
  return new Date(at).toISOString()
}

function tooEarly(until: number): CliFault {
  return new CliFault('unavailable', {
    zh: `还太早，请在 ${timeOf(until)} 之后再试。密钥泄露等紧急情况可用 --hurry，其间部分用户需要重新登录。`,
    en: `Too early: try again after ${timeOf(until)}. If a key has leaked, --hurry does it now; some users must then log in again.`,
  })
}

function unusable(zh: string, en: string, key: string): CliFault {
  return new CliFault('usage', { zh: `密钥 ${key}：${zh}。`, en: `Key ${key}: ${en}.` })
}

function usage(): CliFault {
  const usage = 'weapp-auth keys [list | rotate root | rotate signing | retire KEY | reseal]'
  return new CliFault('usage', { zh: `用法：${usage}`, en: `Usage: ${usage}` })
}
