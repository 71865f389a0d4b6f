import { StorageFault } from '@weapp-auth/server'
import { type TransferOutcome, type TransferProgress, transferData } from '@weapp-auth/server/transfer'
import { CliFault } from './cli-fault.ts'
import { transferFlags } from './flags.ts'
import { describeDatabase } from './open-store.ts'
import { openTransferSide } from './open-transfer-side.ts'
import { type Database, readDatabase } from './read-database.ts'
import { readFlags } from './read-flags.ts'
import type { Terminal } from './terminal.ts'
import { createUndoList } from './undo-list.ts'

/**
 * `weapp-auth transfer --from A --to B`: moves all data of one database into another one that is empty. Run again after
 * a kill, it goes on where it stopped.
 */
export async function transfer(args: readonly string[], terminal: Terminal): Promise<void> {
  const flags = readFlags('transfer', args, transferFlags)
  const from = readSide('--from', flags.from, terminal)
  const to = readSide('--to', flags.to, terminal)
  const [source, target] = [describeDatabase(from), describeDatabase(to)]
  terminal.out(`从 ${source} 转移到 ${target}；期间请勿让任何服务使用它们。
From ${source} to ${target}; no server may use them meanwhile.`)
  report(await run(from, to, terminal), target, terminal)
}

const connections = 4

/** `env:NAME` keeps a password out of the list of processes. */
function readSide(flag: '--from' | '--to', text: string | undefined, { env }: Terminal): Database {
  const value = text?.startsWith('env:') ? env[text.slice('env:'.length)] : text
  if (value) return readDatabase(value, connections, flag)
  throw new CliFault('usage', {
    zh: `${flag} 应当是数据库：文件、sqlite:、postgres://、mysql://，或 env:变量名（密码不会出现在进程列表里）。`,
    en: `${flag} must be a database: a file, sqlite:, postgres://, mysql://, or env:NAME, which keeps a password out of the list of processes.`,
  })
}

async function run(from: Database, to: Database, terminal: Terminal): Promise<TransferOutcome> {
  const undo = createUndoList()
  const stop = new AbortController()
  void terminal.untilStopped().then(() => stop.abort(stopped()))
  try {
    const source = await openTransferSide(from, 'source')
    undo.add(source.close)
    const target = await openTransferSide(to, 'target')
    undo.add(target.close)
    return await transferData({ source, target, signal: stop.signal, observe: createProgress(terminal) })
  } catch (error) {
    throw error instanceof StorageFault ? interrupted(error) : error
  } finally {
    await undo.run().catch(() => undefined)
  }
}

/** A line for each table that is done, and one every two seconds. */
function createProgress({ out }: Terminal, now = () => performance.now()): (progress: TransferProgress) => void {
  let last = now()
  let done = ''
  return ({ phase, table, rows, of }) => {
    const [isDone, name] = [rows >= of, `${phase} ${table}`]
    if (isDone ? name === done : now() - last < 2000) return
    last = now()
    if (isDone) done = name
    out(`${phase === 'copy' ? '复制 copying ' : '核对 checking'} ${table.padEnd(16)} ${rows}/${of}`)
  }
}

function report(outcome: TransferOutcome, target: string, { out }: Terminal): void {
  switch (outcome.status) {
    case 'transferred': {
      for (const { table, rows, hash } of outcome.tables)
        out(`${table.padEnd(16)} ${String(rows).padStart(12)}  ${hash}`)
      out(`全部数据已在 ${target}，两边逐行核对一致。现在把 DATABASE 指向它，密钥文件不变。
All data is in ${target}; both sides were read again and are equal. Let DATABASE name it now; the key file stays the same.`)
      return
    }
    case 'finished-before': {
      const at = new Date(outcome.at).toISOString()
      out(`这次转移已在 ${at} 完成，没有再做任何事；此后写入原数据库的内容不会带过来。
This transfer was finished at ${at}; nothing was done. What was written to the source since then is not taken along.`)
      return
    }
    default:
      throw refusal(outcome)
  }
}

type Refused = Exclude<TransferOutcome, { readonly status: 'transferred' | 'finished-before' }>

function refusal(outcome: Refused): CliFault {
  switch (outcome.status) {
    case 'source-empty':
      return new CliFault('config', {
        zh: '--from 的数据库从未被 weapp-auth 使用过，里面没有数据。请检查名称。',
        en: 'The database of --from was never used by weapp-auth and has no data. Check its name.',
      })
    case 'not-empty':
      return new CliFault('config', {
        zh: `--to 的数据库不是空的（${outcome.table}）。请给一个新的空数据库；没有写入任何内容。`,
        en: `The database of --to is not empty (${outcome.table}). Give a new, empty one; nothing was written.`,
      })
    case 'other-source':
      return new CliFault('config', {
        zh: '--to 的数据库里有另一个数据库未完成的转移。请用当时的 --from 继续，或给一个新的空数据库。',
        en: 'The database of --to holds an unfinished transfer of another database. Go on with that --from, or give a new, empty one.',
      })
    case 'overtaken':
      return new CliFault('unavailable', {
        zh: '另一个进程正在向同一个 --to 转移。请等它结束。',
        en: 'Another process transfers into the same --to. Wait until it ends.',
      })
    case 'source-changed':
      return new CliFault('broken', {
        zh: `转移期间 --from 被写入（${outcome.table}），结果不能使用。请停止所有使用它的服务，再转移到一个新的空数据库；原数据没有改动。`,
        en: `--from was written to meanwhile (${outcome.table}), so the result is of no use. Stop every server that uses it, and transfer into a new, empty database. The source is as it was.`,
      })
    case 'target-differs':
      return new CliFault('broken', {
        zh: `--to 里的数据与写入的不一致（${outcome.table}），结果不能使用。请查明是谁改动的，再转移到一个新的空数据库；原数据没有改动。`,
        en: `What is in --to is not what was written (${outcome.table}), so the result is of no use. Find out who changed it, and transfer into a new, empty database. The source is as it was.`,
      })
    case 'audit-broken':
      return new CliFault('broken', {
        zh: `审计日志在第 ${outcome.seq} 行被破坏（${outcome.flaw}）。请先用 weapp-auth audit verify 查明。`,
        en: `The audit log is broken at line ${outcome.seq} (${outcome.flaw}). Look into it with weapp-auth audit verify first.`,
      })
  }
}

function stopped(): CliFault {
  return new CliFault('unavailable', {
    zh: '转移已停下。再次执行同一条命令会接着做。',
    en: 'The transfer was stopped. The same command goes on from here.',
  })
}

/** What databases say names tables and files, never a value. */
function interrupted(error: StorageFault): CliFault {
  const reason = error.cause instanceof Error ? error.cause.message : error.code
  return new CliFault(
    'unavailable',
    {
      zh: `转移中断：数据库${faults[error.code].zh}（${reason}）。处理后再次执行同一条命令会接着做；原数据没有改动。`,
      en: `The transfer was interrupted: ${faults[error.code].en} (${reason}). Then the same command goes on from here. The source is as it was.`,
    },
    error,
  )
}

const faults = {
  busy: { zh: '正忙', en: 'a database is busy' },
  full: { zh: '没有空间', en: 'a database has no space left' },
  failed: { zh: '没有应答或出错', en: 'a database did not answer, or failed' },
} as const
