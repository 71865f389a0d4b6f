import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { inject } from 'vitest'

export interface BorrowedDatabase {
  readonly url: string
  /** Gives it back: it is removed. */
  close(): Promise<void>
}

/**
 * A new, empty database of the test run's Postgres; `null` where none is installed, after a line that says so, and an
 * error where `CI` is set.
 */
export async function borrowPostgres(): Promise<BorrowedDatabase | null> {
  const { port, word } = inject('databaseLender')
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  socket.write(`${word} postgres\n`)
  const answer = JSON.parse((await lines.next()).value ?? '{}') as { readonly url?: string; readonly missing?: string }
  const close = () => new Promise<void>(resolve => void socket.once('close', () => resolve()).end())
  if (answer.url !== undefined) return { url: answer.url, close }
  await close()
  if (answer.missing === undefined || process.env.CI) throw new Error(JSON.stringify(answer))
  process.stderr.write(`\n${answer.missing}\n`)
  return null
}
