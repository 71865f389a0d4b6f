import Database from 'better-sqlite3'
import { storeContract } from '../contract.ts'
import { migrate } from '../sqlite/migrate.ts'
import { toStorageFault } from '../sqlite/to-storage-fault.ts'
import { askingStatements } from './asking-statements.ts'
import { sqlStore } from './sql-store.ts'
import type { Answer, Ask, Step, StepRunner } from './statements.ts'

const sql = askingStatements({
  forUpdate: '',
  addOnce: text => `${text} ON CONFLICT DO NOTHING`,
  insertOnce: text => `${text} ON CONFLICT DO NOTHING RETURNING id`,
  *holdName() {},
})

storeContract('the steps, on a database that lets each statement wait', () => {
  const database = new Database(':memory:')
  database.pragma('foreign_keys = ON')
  migrate(database)
  const runner = oneByOne(database)
  let closed = false
  return {
    ...sqlStore(sql, runner),
    isShared: false,
    check: async () => {
      if (closed) throw toStorageFault(new Error('the store is closed'))
    },
    close: async () => {
      closed = true
      await runner.read(function* () {})
      database.close()
    },
  }
})

/** Runs one piece of work after the other, each statement in a turn of its own. */
function oneByOne(database: Database.Database): StepRunner {
  let last: Promise<unknown> = Promise.resolve()

  async function answer({ text, values }: Ask): Promise<Answer> {
    await null
    const statement = database.prepare(text)
    if (!statement.reader) return { rows: [], changes: statement.run(...values).changes }
    const rows = statement.all(...values)
    return { rows, changes: rows.length }
  }

  async function follow<T>(step: Step<T>): Promise<T> {
    let asked = step.next()
    while (!asked.done) asked = step.next(await answer(asked.value))
    return asked.value
  }

  async function transact<T>(work: () => Step<T>): Promise<T> {
    database.exec('BEGIN')
    try {
      const value = await follow(work())
      database.exec('COMMIT')
      return value
    } catch (error) {
      database.exec('ROLLBACK')
      throw toStorageFault(error)
    }
  }

  function afterLast<T>(run: () => Promise<T>): Promise<T> {
    const result = last.then(run)
    last = result.catch(() => {})
    return result
  }

  return {
    read: work => afterLast(() => follow(work())),
    step: work => afterLast(() => transact(work)),
  }
}
