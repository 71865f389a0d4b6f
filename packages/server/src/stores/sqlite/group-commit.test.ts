import Database from 'better-sqlite3'
import { beforeEach, describe, expect, it } from 'vitest'
import type { SqliteDatabase } from './driver.ts'
import { createGroupCommit, type GroupCommit } from './group-commit.ts'

let database: Database.Database
let turns: (() => void)[]
let trouble: { readonly [sql: string]: string }
let commits: number
let group: GroupCommit

beforeEach(() => {
  database = new Database(':memory:')
  database.exec('CREATE TABLE word (text TEXT NOT NULL UNIQUE) STRICT')
  turns = []
  trouble = {}
  commits = 0
  group = createGroupCommit({ database: observed(), defer: task => turns.push(task) })
})

/** The database, whose commits are counted, and whose commits and rollbacks can be made to fail. */
function observed(): SqliteDatabase {
  const prepare = (sql: string) => {
    const statement = database.prepare(sql)
    if (sql !== 'COMMIT' && sql !== 'ROLLBACK') return statement
    const run = () => {
      const code = trouble[sql]
      if (code) throw new Database.SqliteError('disk I/O error', code)
      if (sql === 'COMMIT') commits += 1
      return statement.run()
    }
    return { run, get: () => undefined, all: () => [] }
  }
  return new Proxy(database, {
    get: (target, name) => (name === 'prepare' ? prepare : Reflect.get(target, name, target)),
  })
}

function endTurn(): void {
  for (const task of turns.splice(0)) task()
}

function add(text: string): Promise<number> {
  return group.step(() => database.prepare('INSERT INTO word VALUES (?)').run(text).changes)
}

function words(): unknown[] {
  return database.prepare('SELECT text FROM word ORDER BY rowid').pluck().all()
}

describe('an observer', () => {
  it('is told how long a commit waited and took, and what it throws harms nobody', async () => {
    const times = [1, 5, 12]
    const reports: unknown[] = []
    group = createGroupCommit({
      database: observed(),
      defer: task => turns.push(task),
      now: () => times.shift() ?? 0,
      observe(report) {
        reports.push(report)
        throw new Error('observer')
      },
    })
    const steps = [add('a'), add('b')]
    endTurn()
    expect(await Promise.all(steps)).toEqual([1, 1])
    expect(reports).toEqual([{ steps: 2, waitedMs: 4, tookMs: 7 }])
  })
})

describe('steps', () => {
  it('of one turn share one commit, in the order they were asked for', async () => {
    const steps = [add('a'), add('b'), add('c')]
    expect(turns).toHaveLength(1)
    expect(words()).toEqual([])
    endTurn()
    expect(await Promise.all(steps)).toEqual([1, 1, 1])
    expect(words()).toEqual(['a', 'b', 'c'])
    expect(commits).toBe(1)
  })

  it('of the next turn have a commit of their own', async () => {
    const first = add('a')
    endTurn()
    await first
    const second = add('b')
    endTurn()
    await second
    expect(commits).toBe(2)
  })

  it('are answered after the commit, not before', async () => {
    const commitsSeen = add('a').then(() => commits)
    endTurn()
    expect(await commitsSeen).toBe(1)
  })

  it('that break a rule are undone alone', async () => {
    const halfDone = () => {
      database.prepare("INSERT INTO word VALUES ('half')").run()
      database.prepare("INSERT INTO word VALUES ('a')").run()
    }
    const steps = Promise.allSettled([add('a'), group.step(halfDone), add('b')])
    endTurn()
    expect(await steps).toMatchObject([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: { name: 'StorageFault', code: 'failed' } },
      { status: 'fulfilled', value: 1 },
    ])
    expect(words()).toEqual(['a', 'b'])
    expect(database.inTransaction).toBe(false)
  })

  it('that throw are undone alone, whatever they throw', async () => {
    const odd = group.step(() => {
      database.prepare("INSERT INTO word VALUES ('odd')").run()
      throw new TypeError('odd')
    })
    const steps = Promise.allSettled([odd, add('a')])
    endTurn()
    const [first] = await steps
    expect(first).toMatchObject({ reason: { name: 'StorageFault', cause: { message: 'odd' } } })
    expect(words()).toEqual(['a'])
  })

  it.each(['SQLITE_IOERR_FSYNC', 'SQLITE_READONLY'])('fail together when the commit meets %s', async code => {
    trouble = { COMMIT: code }
    const steps = Promise.allSettled([add('a'), add('b')])
    endTurn()
    const failed = { status: 'rejected', reason: { name: 'StorageFault', code: 'failed', cause: { code } } }
    expect(await steps).toMatchObject([failed, failed])
    expect(words()).toEqual([])
    trouble = {}
    const next = add('c')
    endTurn()
    expect(await next).toBe(1)
  })

  it('are answered even when nothing works any more', async () => {
    trouble = { COMMIT: 'SQLITE_IOERR_FSYNC', ROLLBACK: 'SQLITE_IOERR_WRITE' }
    for (const text of ['a', 'b']) {
      const step = add(text)
      endTurn()
      await expect(step).rejects.toMatchObject({ name: 'StorageFault', code: 'failed' })
    }
  })

  it('fail together when the disk is full, and work again when there is space', async () => {
    database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`)
    const steps = Promise.allSettled([add('small'), add('big'.repeat(10_000)), add('after')])
    endTurn()
    const full = { status: 'rejected', reason: { code: 'full' } }
    expect(await steps).toMatchObject([full, full, full])
    expect(words()).toEqual([])
    database.pragma('max_page_count = 1000')
    const next = add('big'.repeat(10_000))
    endTurn()
    expect(await next).toBe(1)
  })
})

describe('closing', () => {
  it('commits what waits', async () => {
    const step = add('a')
    group.close()
    expect(await step).toBe(1)
    endTurn()
    expect(commits).toBe(1)
  })

  it('takes no more steps', async () => {
    group.close()
    await expect(add('a')).rejects.toMatchObject({ name: 'StorageFault', code: 'failed' })
    expect(turns).toEqual([])
  })
})
