import { createHash } from 'node:crypto'
import type { Answer, Ask } from '../sql/statements.ts'
import type { PostgresClient, PostgresQuery, PostgresResult } from './driver.ts'
import { ConnectionLost, isOver } from './to-storage-fault.ts'

export interface AskOptions {
  /** Milliseconds after which an answer that has not come is given up. */
  readonly patienceMs: number
  /** False where a proxy gives each transaction another connection. */
  readonly prepare: boolean
}

/** Puts the statements of steps to a connection of `pg`. */
export function createAsking({ patienceMs, prepare }: AskOptions) {
  const known = new Map<string, { readonly text: string; readonly name: string | undefined }>()

  /** @throws ConnectionLost when the connection is of no use any more; else what the server said. */
  function query(connection: PostgresClient, asked: PostgresQuery): Promise<PostgresResult> {
    return connection.query({ ...asked, types, query_timeout: patienceMs }).catch(tell)
  }

  async function answer(connection: PostgresClient, { text, values }: Ask): Promise<Answer> {
    const { name, text: own } = spelled(text)
    const asked = { text: own, name, values: [...values], types, query_timeout: patienceMs }
    const { rows, rowCount } = await connection.query(asked).catch(tell)
    return { rows, changes: rowCount ?? 0 }
  }

  function spelled(text: string) {
    const before = known.get(text)
    if (before) return before
    const own = { text: numbered(text), name: prepare ? nameOf(text) : undefined }
    known.set(text, own)
    return own
  }

  return { query, answer }
}

/** Question marks become $1, $2 …; those in quotes stay. */
function numbered(text: string): string {
  let count = 0
  return text.replace(/'[^']*'|\?/g, found => {
    if (found !== '?') return found
    count += 1
    return `$${count}`
  })
}

/** Equal for equal statements, whoever else uses the connection. */
function nameOf(text: string): string {
  return `weapp-auth-${createHash('sha256').update(text).digest('base64url').slice(0, 20)}`
}

/** Read here, so that no setting of the driver that others rely on changes what a store reads. */
const types = { getTypeParser: (type: number) => parsers.get(type) ?? asText }
const asText = (text: string) => text
const parsers = new Map<number, (text: string) => unknown>([
  // "bool", "bytea", "int8", "int2", "int4", "numeric" of pg_type; whole numbers stay below 2^53.
  [16, text => text === 't'],
  [17, bytesOf],
  [20, Number],
  [21, Number],
  [23, Number],
  [1700, Number],
])

function bytesOf(text: string): Uint8Array {
  if (!text.startsWith('\\x')) throw new TypeError('bytea_output must be "hex"')
  return Buffer.from(text.slice(2), 'hex')
}

function tell(error: unknown): never {
  throw isOver(error) ? new ConnectionLost(messageOf(error), { cause: error }) : error
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'the connection broke'
}
