import type { CommitReport } from '../../ports/commit-report.ts'
import { playStep } from '../sql/play-step.ts'
import type { Pulse } from '../sql/pulse.ts'
import type { createRunAgain } from '../sql/run-again.ts'
import type { Step, StepRunner } from '../sql/statements.ts'
import type { createAsking } from './ask-postgres.ts'
import type { PostgresClient, PostgresPool } from './driver.ts'
import { ConnectionLost, OutcomeUnknown, toStorageFault } from './to-storage-fault.ts'

export interface TransactionTools {
  readonly pool: PostgresPool
  readonly asking: ReturnType<typeof createAsking>
  readonly runAgain: ReturnType<typeof createRunAgain>
  /** Milliseconds; the server ends what takes longer. */
  readonly statementTimeoutMs: number
  readonly lockTimeoutMs: number
  /** Default: nobody looks whether the database says anything. */
  readonly pulse?: Pulse
  readonly observe?: ((report: CommitReport) => void) | undefined
}

/**
 * Runs steps, each on a connection of its own, at READ COMMITTED. A COMMIT whose answer did not come is a fault: what it
 * asked may have happened or not, so it is not run again.
 */
export function createTransactions(tools: TransactionTools): StepRunner {
  const { pool, pulse, asking, runAgain, statementTimeoutMs, lockTimeoutMs, observe } = tools
  const lend: Lend = pulse ? use => pulse.hold(signal => borrow(pool, use, signal)) : use => borrow(pool, use)
  // One message to the server. Who stops in the midst must not hold rows for ever.
  const begin = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = ${statementTimeoutMs};
    SET LOCAL lock_timeout = ${lockTimeoutMs}; SET LOCAL idle_in_transaction_session_timeout = 60000`

  async function transaction<T>(work: () => Step<T>): Promise<T> {
    const askedAt = performance.now()
    let startedAt = askedAt
    try {
      return await lend(connection => {
        startedAt = performance.now()
        return transact(connection, work)
      })
    } finally {
      tell({ steps: 1, waitedMs: startedAt - askedAt, tookMs: performance.now() - startedAt })
    }
  }

  async function transact<T>(connection: PostgresClient, work: () => Step<T>): Promise<T> {
    await asking.query(connection, { text: begin })
    try {
      const value = await playStep(work(), ask => asking.answer(connection, ask))
      await commit(connection)
      return value
    } catch (error) {
      if (!(error instanceof ConnectionLost)) await asking.query(connection, { text: 'ROLLBACK' })
      throw error
    }
  }

  function tell(report: CommitReport): void {
    try {
      observe?.(report)
    } catch {}
  }

  async function commit(connection: PostgresClient): Promise<void> {
    const { command } = await asking.query(connection, { text: 'COMMIT' }).catch((error: unknown) => {
      throw error instanceof ConnectionLost ? new OutcomeUnknown(error.message, { cause: error.cause }) : error
    })
    // What had failed before ends in a ROLLBACK that is no error ("COMMIT", postgresql.org/docs).
    if (command !== 'COMMIT') throw new Error('the transaction was undone')
  }

  return {
    read: work => told(runAgain(() => lend(connection => playStep(work(), ask => asking.answer(connection, ask))))),
    step: work => told(runAgain(() => transaction(work))),
  }
}

type Lend = <T>(use: (connection: PostgresClient) => Promise<T>) => Promise<T>

/** Lends a connection of the pool. One that broke, or that is given up, does not go back there. */
export async function borrow<T>(
  pool: PostgresPool,
  use: (connection: PostgresClient) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const connection = await pool.connect()
  let isLost = false
  let isLent = true
  const lose = () => {
    isLost = true
  }
  const giveBack = () => {
    if (isLent) {
      connection.removeListener('error', lose)
      connection.release(isLost || signal?.aborted)
    }
    isLent = false
  }
  // A connection that breaks between two questions would end the process.
  connection.on('error', lose)
  signal?.addEventListener('abort', giveBack)
  try {
    signal?.throwIfAborted()
    return await use(connection)
  } catch (error) {
    if (error instanceof ConnectionLost) lose()
    throw error
  } finally {
    signal?.removeEventListener('abort', giveBack)
    giveBack()
  }
}

async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw toStorageFault(error)
  }
}
