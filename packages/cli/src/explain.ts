import { type Explanation, explain } from '@weapp-auth/protocol/explain'
import { CliFault } from './cli-fault.ts'
import { explainFlags } from './flags.ts'
import { readFlags } from './read-flags.ts'
import type { Terminal } from './terminal.ts'

/** `weapp-auth explain 'text'`: what WeChat or the server meant, and what to do. Asks nobody. */
export async function explainPasted(args: readonly string[], terminal: Terminal): Promise<void> {
  // -1 is an errcode and no flag.
  const isFlag = /^-(?!\d)/
  const given = args.filter(arg => !isFlag.test(arg))
  const { json = false } = readFlags(
    'explain',
    args.filter(arg => isFlag.test(arg)),
    explainFlags,
  )
  const found = explain(given.length > 0 ? given.join(' ') : await terminal.readInput())
  if (found.length === 0) throw nothingKnown()
  terminal.out(json ? JSON.stringify({ explanations: found }, null, 2) : found.map(asText).join('\n\n'))
}

const menders = {
  user: '用户 / the user',
  developer: '开发者 / a developer',
  operator: '运营人员 / an operator',
  wechat: '微信 / WeChat',
} as const satisfies Readonly<Record<Explanation['who'], string>>

function asText({ subject, meaning, fix, who }: Explanation): string {
  return [
    `[${subject}] ${meaning.zh} / ${meaning.en}`,
    `    修复：${fix.zh}`,
    `    fix: ${fix.en}`,
    `    谁来处理 who: ${menders[who]}`,
  ].join('\n')
}

function nothingKnown(): CliFault {
  return new CliFault('usage', {
    zh: '没有认出任何错误码。请粘贴完整的回应、回调的 errMsg 与 errno、rid，或只给错误码，如 40029。',
    en: 'Nothing in it is known. Paste the whole answer, errMsg and errno of the callback, a rid, or a code alone, such as 40029.',
  })
}
