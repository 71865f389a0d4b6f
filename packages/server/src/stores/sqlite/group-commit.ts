import type { CommitReport } from '../../ports/commit-report.ts'
import { StorageFault } from '../../ports/store.ts'
import type { SqliteDatabase } from './driver.ts'
import { isOwnFault, toStorageFault } from './to-storage-fault.ts'

/** Makes many steps durable by one commit. */
export interface GroupCommit {
  /**
   * Runs `work` in the next transaction and resolves when that is on the disk. `work` does nothing but read and write
   * the database, because it runs again when another step of the same transaction fails.
   *
   * Rejects with {@link StorageFault}: alone when this step broke a rule, with all the others when the commit failed.
   */
  step<T>(work: () => T): Promise<T>
  /** Commits what waits, and takes no more. */
  close(): void
}

interface Waiting {
  readonly work: () => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (fault: StorageFault) => void
}

type Outcome = { readonly value: unknown } | { readonly fault: StorageFault }

/**
 * One fsync costs as much as many steps, so all steps of one turn of the event loop share a commit. A busy server
 * collects more in each turn, because the requests that arrive during a commit are read together after it; a quiet one
 * commits at once. Waiting longer than that gained nothing: docs/decisions/0002-sqlite-group-commit.md.
 *
 * @example
 * const group = createGroupCommit({ database })
 * const answer = await group.step(() => 'written') // on the disk now
 */
export function createGroupCommit({
  database,
  defer = setImmediate,
  patienceMs = 0,
  later = setTimeout,
  observe,
  now = () => performance.now(),
}: {
  readonly database: SqliteDatabase
  /** Runs a task at the end of the turn; for tests. */
  readonly defer?: (task: () => void) => unknown
  /** How long to try again while another program holds the lock; questions are answered meanwhile. Default: not at all. */
  readonly patienceMs?: number
  /** Runs a task after so many milliseconds; for tests. */
  readonly later?: (task: () => void, ms: number) => unknown
  /** Is told of every commit. What it throws is ignored. Default: nobody. */
  readonly observe?: ((report: CommitReport) => void) | undefined
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number
}): GroupCommit {
  const run = transactions(database)
  let waiting: Waiting[] = []
  let since = 0
  let closed = false

  function commit(): void {
    if (waiting.length === 0) return
    const steps = waiting
    waiting = []
    const startedAt = now()
    const outcomes = run(steps.map(step => step.work))
    if (!closed && startedAt - since < patienceMs && outcomes.every(isLocked)) {
      waiting = steps
      return void later(commit, tryAgainMs)
    }
    tell({ steps: steps.length, waitedMs: startedAt - since, tookMs: now() - startedAt })
    for (const [index, { resolve, reject }] of steps.entries()) {
      const outcome = outcomes[index] ?? { fault: new StorageFault('failed') }
      if ('fault' in outcome) reject(outcome.fault)
      else resolve(outcome.value)
    }
  }

  function tell(report: CommitReport): void {
    try {
      observe?.(report)
    } catch {}
  }

  return {
    step<T>(work: () => T) {
      if (closed) return Promise.reject(new StorageFault('failed', new Error('the store is closed')))
      return new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve: value => resolve(value as T), reject })
        if (waiting.length > 1) return
        since = now()
        defer(commit)
      })
    },
    close() {
      closed = true
      commit()
    },
  }
}

/** Between two tries for a lock that another program holds. */
const tryAgainMs = 20

/** Nothing of it was written. */
const isLocked = (outcome: Outcome) => 'fault' in outcome && outcome.fault.code === 'busy'

/** Runs steps in one transaction. A step that fails is undone alone. */
function transactions(database: SqliteDatabase) {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const end = database.prepare('COMMIT')
  const undo = database.prepare('ROLLBACK')
  const mark = database.prepare('SAVEPOINT step')
  const unmark = database.prepare('RELEASE step')
  const undoToMark = database.prepare('ROLLBACK TO step')

  /** Steps seldom fail, so they run without a savepoint each; when one does fail, all are run again with them. */
  return function run(works: readonly (() => unknown)[]): readonly Outcome[] {
    return attempt(works, plain) ?? attempt(works, marked) ?? []
  }

  /** `null`: a step broke a rule. */
  function attempt(works: readonly (() => unknown)[], runStep: (work: () => unknown) => Outcome): Outcome[] | null {
    try {
      begin.run()
      const outcomes = works.map(runStep)
      end.run()
      return outcomes
    } catch (error) {
      rollBack()
      if (runStep === plain && isOwnFault(error)) return null
      const fault = toStorageFault(error)
      return works.map(() => ({ fault }))
    }
  }

  /** When even this fails, the next BEGIN says so to everybody in it. */
  function rollBack(): void {
    try {
      if (database.inTransaction) undo.run()
    } catch {}
  }

  function plain(work: () => unknown): Outcome {
    return { value: work() }
  }

  function marked(work: () => unknown): Outcome {
    mark.run()
    try {
      const value = work()
      unmark.run()
      return { value }
    } catch (error) {
      if (!isOwnFault(error)) throw error
      undoToMark.run()
      unmark.run()
      return { fault: toStorageFault(error) }
    }
  }
}
