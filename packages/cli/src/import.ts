import {
  type Administration,
  type ImportedOutcome,
  type ImportedRead,
  type ImportedUser,
  readImportedUser,
} from '@weapp-auth/server'
import { CliFault } from './cli-fault.ts'
import { importFlags } from './flags.ts'
import { openKeyringFile } from './keyring-file.ts'
import { withAdministration } from './keys.ts'
import { readFlags } from './read-flags.ts'
import { readServeConfig } from './read-serve-config.ts'
import { readUserFile, type UserLine } from './read-user-file.ts'
import { readWords } from './read-words.ts'
import type { Terminal } from './terminal.ts'

interface ReadLine extends Pick<UserLine, 'line' | 'ref'> {
  readonly user: ImportedUser
}

/** Lines that are stored before the next are read. */
const pageLines = 1000
/** Mistakes that are told at once. */
const toldMistakes = 20

/**
 * `weapp-auth import FILE --app wx…`: users of another system, so that they find their account, number and name. The whole
 * file is checked before the first line is stored. Run again, it goes on where it was. Works beside a server that runs.
 */
export async function importUsers(args: readonly string[], terminal: Terminal): Promise<void> {
  const { words, flags } = readWords(args)
  const { app, check = false, ...rest } = readFlags('import', flags, importFlags)
  const [file, ...more] = words
  if (file === undefined || more.length > 0 || app === undefined) throw usage()
  const lines = await checkFile(file, terminal)
  if (check) return terminal.out(`${lines} 行都正确，没有写入。\n${lines} lines are correct; nothing was stored.`)
  const { config, file: named } = await readServeConfig(rest, terminal.env)
  const { keyring } = await openKeyringFile(config.keys, { create: false, strict: false })
  const counts = await withAdministration(config, keyring, async administration => {
    const stored = (await administration.apps.list()).map(({ appId, policy }) => ({ ...policy, appId }))
    const known = [...(config.app ? [{ ...config, appId: config.app.appId }] : []), ...named.apps, ...stored]
    const appIds = [...new Set(known.map(({ appId }) => appId))]
    if (!appIds.includes(app)) throw unknownApp(app, appIds)
    const rule = known.find(({ appId }) => appId === app)?.phoneConflict ?? 'keep-both'
    // Nobody proves a number by a file: whoever has it keeps it.
    const phoneConflict = rule === 'keep-both' ? rule : 'reject'
    return store({ administration, file, terminal, query: { appId: app, appIds, phoneConflict } })
  })
  terminal.err(`${summaryOf(counts, 'zh')}\n${summaryOf(counts, 'en')}`)
}

/** How many lines there are. */
async function checkFile(file: string, terminal: Terminal): Promise<number> {
  let lines = 0
  let mistakes = 0
  for await (const { line, fields } of readUserFile(file)) {
    lines += 1
    const read = await readImportedUser(fields, Date.now())
    if (read.status === 'read') continue
    mistakes += 1
    if (mistakes <= toldMistakes) terminal.err(mistakeOf(line, read))
  }
  if (mistakes === 0) return lines
  throw new CliFault('data', {
    zh: `${lines} 行中有 ${mistakes} 行有误，没有写入任何用户。请改正或删去这些行后重试。`,
    en: `${mistakes} of ${lines} lines are wrong; no user was stored. Mend these lines or take them out, and run it again.`,
  })
}

interface StoreInput {
  readonly administration: Administration
  readonly file: string
  readonly terminal: Terminal
  readonly query: Omit<Parameters<Administration['importUsers']>[0], 'users'>
}

const nobody = { created: 0, joined: 0, known: 0, bound: 0, taken: 0, withdrawn: 0 }

async function store({ administration, file, terminal, query }: StoreInput): Promise<typeof nobody> {
  const counts = { ...nobody }
  const keep = async (page: readonly ReadLine[]) => {
    const outcomes = await administration.importUsers({ ...query, users: page.map(({ user }) => user) })
    const told = page.map(({ line, ref }, at) => JSON.stringify({ line, ref, ...outcomes[at] }))
    if (told.length > 0) terminal.out(told.join('\n'))
    for (const { status, phone } of outcomes) count(counts, status, phone)
  }
  let page: ReadLine[] = []
  for await (const { line, ref, fields } of readUserFile(file)) {
    const read = await readImportedUser(fields, Date.now())
    // It was correct a moment ago.
    if (read.status === 'wrong') throw new CliFault('data', sentenceOf(line, read))
    page.push({ line, ref, user: read.user })
    if (page.length < pageLines) continue
    await keep(page)
    page = []
  }
  await keep(page)
  return counts
}

function count(counts: typeof nobody, status: ImportedOutcome['status'], phone: ImportedOutcome['phone']): void {
  counts[status] += 1
  if (phone === 'bound' || phone === 'taken' || phone === 'withdrawn') counts[phone] += 1
}

type Mistake = Extract<ImportedRead, { readonly status: 'wrong' }>

const musts: Readonly<Record<Mistake['must'], readonly [zh: string, en: string]>> = {
  id: ['1 到 128 个字母、数字、_ 或 -', '1 to 128 letters, digits, _ or -'],
  number: [
    '手机号：11 位大陆号码，或以 + 开头的国际号码',
    'a mobile number: 11 digits of the mainland, or E.164 with its +',
  ],
  source: [
    'phone-code、open-data 或 sms；没有验证过的号码不要导入',
    'phone-code, open-data or sms; leave unproved numbers out',
  ],
  time: [
    '不晚于现在的时间：1970 年起的秒或毫秒，或带时区的 ISO 8601',
    'a time that has passed: seconds or milliseconds since 1970, or ISO 8601 with its zone',
  ],
  'time-of-proof': [
    '号码何时验证（没有 created_at 时必填）',
    'when the number was proved (needed where created_at is missing)',
  ],
}

function sentenceOf(line: number, { field, must }: Mistake): { readonly zh: string; readonly en: string } {
  const [zh, en] = musts[must]
  return { zh: `第 ${line} 行：${field} 应为${zh}。`, en: `Line ${line}: ${field} must be ${en}.` }
}

function mistakeOf(line: number, mistake: Mistake): string {
  const { zh, en } = sentenceOf(line, mistake)
  return `${zh}\n${en}`
}

function summaryOf({ created, joined, known, bound, taken, withdrawn }: typeof nobody, language: 'zh' | 'en'): string {
  return language === 'zh'
    ? `新建 ${created} 个用户，按 unionid 归入 ${joined} 个，已有 ${known} 个；绑定 ${bound} 个号码，${taken} 个属于他人、${withdrawn} 个已撤回同意而没有绑定。`
    : `${created} users are new, ${joined} joined by unionid, ${known} were known; ${bound} numbers are bound, ${taken} belong to others and ${withdrawn} were withdrawn.`
}

function unknownApp(appId: string, appIds: readonly string[]): CliFault {
  const all = appIds.join(', ') || '-'
  return new CliFault('config', {
    zh: `服务端没有小程序 ${appId}，已有：${all}。请先用 "weapp-auth apps add" 添加，或设置 WEAPP_APPID。`,
    en: `The server has no mini program ${appId}; it has: ${all}. Add it by "weapp-auth apps add", or set WEAPP_APPID.`,
  })
}

function usage(): CliFault {
  return new CliFault('usage', {
    zh: '用法：weapp-auth import 文件.csv --app wx… [--check]。列：ref, openid, unionid, phone, phone_source, phone_verified_at, nickname, created_at。',
    en: 'Usage: weapp-auth import FILE.csv --app wx… [--check]. Columns: ref, openid, unionid, phone, phone_source, phone_verified_at, nickname, created_at.',
  })
}
