import type { CommitReport } from '../../ports/commit-report.ts'
import { playStep } from '../sql/play-step.ts'
import { createRunAgain } from '../sql/run-again.ts'
import type { Answer, Ask, Cell, Step, StepRunner } from '../sql/statements.ts'
import type { Connections } from './connections.ts'
import { giveBackNames, isHoldingName } from './dialect.ts'
import type { MysqlConnection } from './driver.ts'
import { codes, isConnectionLost, isCutOff, isOneOf, OutcomeUnknown } from './mysql-code.ts'
import { toStorageFault } from './to-storage-fault.ts'

export interface TransactionOptions {
  readonly connections: Connections
  readonly observe?: ((report: CommitReport) => void) | undefined
  readonly random?: (() => number) | undefined
  readonly wait?: ((milliseconds: number) => Promise<void>) | undefined
}

/** Runs steps on MySQL: each on a connection of its own, in one transaction. */
export function createTransactions({ connections, observe, random, wait }: TransactionOptions): StepRunner {
  const { borrow, tell, timeout } = connections
  const runAgain = createRunAgain({
    // A key that is taken although the step had looked, and a row that is gone: again, and the step sees the other's.
    mayRepeat: error => isOneOf([...codes.deadlock, ...codes.constraint], error),
    isCutOff,
    ...(random && { random }),
    ...(wait && { wait }),
  })

  const answerOn = (connection: MysqlConnection) => (ask: Ask) => answer(connection, ask, timeout)

  async function transact<T>(connection: MysqlConnection, work: () => Step<T>): Promise<T> {
    let named = false
    const answers = answerOn(connection)
    try {
      await tell(connection, 'START TRANSACTION')
      const value = await playStep(work(), ask => {
        named ||= isHoldingName(ask)
        return answers(ask)
      })
      // Without an answer nobody knows whether it is done, so it is not run again: a fault.
      await tell(connection, 'COMMIT').catch((error: unknown) => {
        throw isConnectionLost(error) ? new OutcomeUnknown(error) : error
      })
      if (named) await giveBack(connection)
      return value
    } catch (error) {
      if (!isConnectionLost(error)) await undo(connection, named)
      throw error
    }
  }

  async function undo(connection: MysqlConnection, named: boolean): Promise<void> {
    try {
      await tell(connection, 'ROLLBACK')
      if (named) await tell(connection, giveBackNames)
    } catch {
      connection.destroy()
    }
  }

  /** What is committed stays so: a connection that cannot give the names back is closed, which gives them back. */
  async function giveBack(connection: MysqlConnection): Promise<void> {
    await tell(connection, giveBackNames).catch(() => connection.destroy())
  }

  async function observed<T>(work: () => Step<T>): Promise<T> {
    const askedAt = performance.now()
    let startedAt = askedAt
    try {
      return await borrow(connection => {
        startedAt = performance.now()
        return transact(connection, work)
      })
    } finally {
      tellObserver({ steps: 1, waitedMs: startedAt - askedAt, tookMs: performance.now() - startedAt })
    }
  }

  function tellObserver(report: CommitReport): void {
    try {
      observe?.(report)
    } catch {}
  }

  return {
    read: work => explained(() => runAgain(() => borrow(connection => playStep(work(), answerOn(connection))))),
    step: work => explained(() => runAgain(() => observed(work))),
  }
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toStorageFault(error)
  }
}

async function answer(connection: MysqlConnection, { text, values, once }: Ask, timeout: number): Promise<Answer> {
  try {
    const [result] = await connection.execute({ sql: text, timeout }, values.map(toParameter))
    if (Array.isArray(result)) return { rows: result, changes: 0 }
    const { affectedRows, insertId } = result as { readonly affectedRows: number; readonly insertId: number }
    return { rows: [{ id: insertId }], changes: affectedRows }
  } catch (error) {
    if (once && isOneOf(codes.duplicate, error)) return { rows: [], changes: 0 }
    throw error
  }
}

/** The driver sends a Buffer as bytes, and any other array of bytes as JSON. */
function toParameter(value: Cell): string | number | Buffer | null {
  if (value === null || typeof value === 'string' || typeof value === 'number' || Buffer.isBuffer(value)) return value
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}
