import { type AuditAnchor, type AuditFlaw, type AuditReader, entriesOf, verifyAudit } from '@weapp-auth/server'
import { CliFault } from './cli-fault.ts'
import { auditFlags } from './flags.ts'
import { openAudit } from './open-audit.ts'
import { readConfig } from './read-config.ts'
import { readDatabase } from './read-database.ts'
import { readFlags } from './read-flags.ts'
import type { Terminal } from './terminal.ts'

/**
 * `weapp-auth audit verify` checks the audit log from its first line; `audit export` prints it as JSON lines. Both read
 * only, also while a server runs.
 */
export async function audit(args: readonly string[], terminal: Terminal): Promise<void> {
  const [action = '', ...rest] = args
  if (action !== 'verify' && action !== 'export') throw wrongAction()
  const { database, anchor, ...flags } = readFlags('audit', rest, auditFlags)
  const kept = anchor === undefined ? undefined : readAnchor(anchor)
  const log = await openAudit(
    database === undefined ? readConfig(terminal.env, flags).database : readDatabase(database, 1),
  )
  try {
    await (action === 'verify' ? verify(log.reader, kept, terminal) : print(log.reader, terminal))
  } finally {
    await log.close()
  }
}

async function verify(reader: AuditReader, anchor: AuditAnchor | undefined, { out }: Terminal): Promise<void> {
  const verdict = await verifyAudit(reader, anchor)
  if (verdict.status === 'broken') throw broken(verdict.seq, verdict.flaw)
  const { seq, hash } = verdict.head
  out(`审计日志完整，共 ${seq} 行。请把下面的锚点保存在数据库之外，下次用 --anchor 核对。
The audit log is intact: ${seq} lines. Keep this anchor apart from the database, and check it next time with --anchor.
${seq}:${hash}`)
}

async function print(reader: AuditReader, { out }: Terminal): Promise<void> {
  for await (const entry of entriesOf(reader)) out(JSON.stringify(entry))
}

const flaws: Readonly<Record<AuditFlaw, readonly [zh: string, en: string]>> = {
  missing: ['这一行不见了', 'it is not there'],
  unlinked: [
    '与前一行接不上：它被移动过，或前一行被改写过',
    'it does not follow from the line before: it was moved, or that one was rewritten',
  ],
  changed: ['内容与它的哈希不符', 'its fields are not those that were hashed'],
  truncated: ['从这一行起全部不见了', 'it and all lines behind it are gone'],
  'not-anchored': [
    '与保存的锚点不符：此前的某处被改写过',
    'it is not the line of the anchor: something up to it was rewritten',
  ],
}

function broken(seq: number, flaw: AuditFlaw): CliFault {
  const [zh, en] = flaws[flaw]
  return new CliFault('broken', {
    zh: `审计日志在第 ${seq} 行被破坏：${zh}。请保留现场，并与备份或锚点核对。`,
    en: `The audit log is broken at line ${seq}: ${en}. Keep the file as it is, and compare it with a backup or an anchor.`,
  })
}

function readAnchor(text: string): AuditAnchor {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash }
  throw new CliFault('usage', {
    zh: '--anchor 应当是 audit verify 打印的“行号:哈希”。',
    en: '--anchor must be "line:hash" as audit verify prints it.',
  })
}

function wrongAction(): CliFault {
  return new CliFault('usage', {
    zh: 'audit 需要一个动作：verify（校验）或 export（导出为 JSON 行）。',
    en: 'audit takes an action: verify, or export (as JSON lines).',
  })
}
