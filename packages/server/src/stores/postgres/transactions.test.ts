import { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openCutter } from '../../../test/cut-connection.ts'
import { openTestPostgres, type TestDatabase } from '../../../test/services.ts'
import type { CommitReport } from '../../ports/commit-report.ts'
import { askingStatements } from '../sql/asking-statements.ts'
import { createRunAgain } from '../sql/run-again.ts'
import { Raced, type Step } from '../sql/statements.ts'
import { createAsking } from './ask-postgres.ts'
import { postgresDialect } from './dialect.ts'
import { isCutOff, mayRepeat } from './to-storage-fault.ts'
import { createTransactions } from './transactions.ts'

const sql = askingStatements(postgresDialect)
const add = sql.add<[number, number]>('INSERT INTO box (id, value) VALUES (?, ?)')
const change = sql.run<[value: number, id: number]>('UPDATE box SET value = ? WHERE id = ?')
const find = sql.one<[number], { value: number }>('SELECT value FROM box WHERE id = ?')
const hold = sql.hold<[number], { value: number }>('SELECT value FROM box WHERE id = ?')
const sleep = sql.one<[number], unknown>('SELECT pg_sleep(CAST(? AS float8))')
const endMyself = sql.one<[], unknown>('SELECT pg_terminate_backend(pg_backend_pid())')

const probe = await openTestPostgres()
await probe?.close()

describe.skipIf(!probe)('a step on Postgres', () => {
  let database: TestDatabase
  let pool: Pool
  beforeAll(async () => {
    const opened = await openTestPostgres()
    if (!opened) throw new Error('Postgres went away')
    database = opened
    pool = new Pool({ connectionString: database.url, max: 8 })
    pool.on('error', () => undefined)
    await pool.query('CREATE TABLE box (id bigint PRIMARY KEY, value bigint UNIQUE)')
  })
  beforeEach(async () => {
    await pool.query('TRUNCATE box')
  })
  afterAll(async () => {
    await pool.end()
    await database.close()
  })

  function runner(
    overrides: {
      pool?: Pool
      observe?: (report: CommitReport) => void
      lockTimeoutMs?: number
      statementTimeoutMs?: number
      patienceMs?: number
    } = {},
  ) {
    const { patienceMs = 20_000, ...others } = overrides
    const runAgain = createRunAgain({ mayRepeat, isCutOff, wait: async () => undefined })
    const asking = createAsking({ patienceMs, prepare: true })
    return createTransactions({ pool, asking, runAgain, statementTimeoutMs: 10_000, lockTimeoutMs: 5000, ...others })
  }

  const valueIn = async (id: number) => (await runner().read(() => find(id)))?.value

  it('is kept as a whole, or not at all', async () => {
    const { step } = runner()
    await step(function* () {
      yield* add(1, 10)
      yield* add(2, 20)
    })
    const failing = step(function* () {
      yield* change(11, 1)
      yield* add(3, 30)
      throw new TypeError('changed my mind')
    })
    await expect(failing).rejects.toMatchObject({ name: 'StorageFault', code: 'failed' })
    expect([await valueIn(1), await valueIn(2), await valueIn(3)]).toEqual([10, 20, undefined])
  })

  it('runs again when it was raced, when two wait for each other, and when a key was taken', async () => {
    const { step } = runner()
    let runs = 0
    await step(function* () {
      runs += 1
      yield* add(1, runs)
      if (runs === 1) throw new Raced()
    })
    expect([runs, await valueIn(1)]).toEqual([2, 2])
    await step(() => add(2, 20))

    runs = 0
    let held = 0
    const holdBoth = (first: number, second: number) =>
      step(function* () {
        runs += 1
        yield* hold(first)
        held += 1
        while (held < 2) yield* sleep(0.01)
        yield* hold(second)
      })
    await Promise.all([holdBoth(1, 2), holdBoth(2, 1)])
    expect(runs).toBe(3)

    runs = 0
    await step(function* () {
      runs += 1
      if (runs === 1) yield* change(20, 1)
    })
    expect(runs).toBe(2)
  })

  it('gives up when it meets the same again and again', async () => {
    let runs = 0
    const { step } = runner()
    const raced = step(function* (): Step<void> {
      runs += 1
      yield* find(1)
      throw new Raced()
    })
    await expect(raced).rejects.toMatchObject({ name: 'StorageFault', code: 'busy' })
    expect(runs).toBe(10)
  })

  it('is told with the time it took, also when it fails; who is told may throw', async () => {
    const reports: CommitReport[] = []
    const observe = (report: CommitReport) => {
      reports.push(report)
      throw new Error('not listening')
    }
    const { step } = runner({ observe })
    await step(() => sleep(0.02))
    await step(() => sql.run('DELETE FROM nowhere')()).catch(() => undefined)
    expect(reports).toHaveLength(2)
    expect(reports[0]).toMatchObject({ steps: 1, waitedMs: expect.any(Number) })
    expect(reports[0]?.tookMs).toBeGreaterThan(15)
  })

  it('counts up, however many count at once', async () => {
    const { step } = runner()
    await step(() => add(1, 0))
    const count = () =>
      step(function* () {
        const row = yield* hold(1)
        yield* change((row?.value ?? 0) + 1, 1)
      })
    await Promise.all(Array.from({ length: 64 }, count))
    expect(await valueIn(1)).toBe(64)
  })

  it('waits no longer than it may, for a lock and for an answer', async () => {
    await runner().step(() => add(1, 1))
    const holder = await pool.connect()
    await holder.query('BEGIN; UPDATE box SET value = 2 WHERE id = 1')
    await expect(runner({ lockTimeoutMs: 20 }).step(() => change(3, 1))).rejects.toMatchObject({ code: 'busy' })
    await holder.query('ROLLBACK')
    holder.release()
    await expect(runner({ statementTimeoutMs: 20 }).step(() => sleep(5))).rejects.toMatchObject({ code: 'busy' })
    await runner().step(() => change(3, 1))
    expect(await valueIn(1)).toBe(3)
  })

  it('is run once more when its connection breaks in the midst, and so is a question', async () => {
    const { step, read } = runner()
    let runs = 0
    function* brokenOnce(): Step<void> {
      runs += 1
      if (runs === 1) yield* endMyself()
    }
    await step(function* () {
      yield* add(1, 10)
      yield* brokenOnce()
    })
    expect([runs, await valueIn(1)]).toEqual([2, 10])
    runs = 0
    const found = await read(function* () {
      yield* brokenOnce()
      return yield* find(1)
    })
    expect([runs, found]).toEqual([2, { value: 10 }])
  })

  it('fails when its connection breaks again or stays silent, and the pool gets another one', async () => {
    const own = new Pool({ connectionString: database.url, max: 1 })
    own.on('error', () => undefined)
    const { step } = runner({ pool: own })
    await expect(step(endMyself)).rejects.toMatchObject({ name: 'StorageFault', code: 'failed' })
    expect(own.totalCount).toBe(0)
    await step(() => add(1, 1))
    await expect(runner({ pool: own, patienceMs: 20 }).step(() => sleep(5))).rejects.toMatchObject({ code: 'failed' })
    expect(own.totalCount).toBe(0)
    await step(() => change(2, 1))
    expect(await valueIn(1)).toBe(2)
    await own.end()
  })

  it('whose last answer was lost is a fault and not run again, though it may have happened', async () => {
    const cutter = await openCutter(database.url)
    const own = new Pool({ connectionString: cutter.url, max: 1 })
    const { step } = runner({ pool: own })
    await step(() => add(1, 0))
    cutter.cutAfter('COMMIT\0')
    let runs = 0
    const lost = step(function* () {
      runs += 1
      yield* change(7, 1)
    })
    await expect(lost).rejects.toMatchObject({ name: 'StorageFault', code: 'failed' })
    expect([runs, own.totalCount, await valueIn(1)]).toEqual([1, 0, 7])
    await own.end()
    await cutter.close()
  })

  it('that goes on after an error is not told as done', async () => {
    const careless = runner().step(function* () {
      yield* add(1, 1)
      try {
        yield { text: 'SELECT * FROM nowhere', values: [] }
      } catch {}
    })
    await expect(careless).rejects.toMatchObject({ name: 'StorageFault', code: 'failed' })
    expect(await valueIn(1)).toBeUndefined()
  })

  it('passes one by one through a name', async () => {
    const { step } = runner()
    const name = new Uint8Array(32).fill(200)
    let inside = 0
    let most = 0
    const pass = () =>
      step(function* () {
        yield* sql.holdName(name)
        inside += 1
        most = Math.max(most, inside)
        yield* sleep(0.01)
        inside -= 1
      })
    await Promise.all(Array.from({ length: 8 }, pass))
    expect(most).toBe(1)
  })

  it('tells no value in what it failed of', async () => {
    const { step } = runner()
    await step(() => add(1, 4711))
    const failures = [
      [
        () => sql.run<[number]>('INSERT INTO box (id, value) VALUES (9, ?)')(4711),
        /^23505: .*constraint box_value_key/,
      ],
      [() => add(0.4711, 1), /^22P02: /],
    ] as const
    for (const [work, text] of failures) {
      const fault = await step(function* () {
        yield* work()
      }).catch(error => error)
      expect(fault).toMatchObject({ code: 'failed' })
      expect(fault.cause.message).toMatch(text)
      expect(JSON.stringify([fault.message, fault.cause.message, { ...fault.cause }])).not.toContain('4711')
    }
  })
})

describe('values', () => {
  it.skipIf(!probe)('come back as they were written: bytes, whole numbers, text, nothing', async () => {
    const database = await openTestPostgres()
    const pool = new Pool({ connectionString: database?.url })
    const asking = createAsking({ patienceMs: 5000, prepare: true })
    const connection = await pool.connect()
    const values = [new Uint8Array([0, 92, 255]), 2 ** 53 - 1, "it's 多少?", null]
    const text = `SELECT CAST(? AS bytea) AS "b", CAST(? AS bigint) AS "n", CAST(? AS text) AS "t", CAST(? AS text) AS "e", '?' AS "q", count(*) AS "c"`
    const { rows, changes } = await asking.answer(connection, { text, values })
    expect(changes).toBe(1)
    expect(rows).toEqual([{ b: Buffer.from([0, 92, 255]), n: 2 ** 53 - 1, t: "it's 多少?", e: null, q: '?', c: 1 }])
    connection.release()
    await pool.end()
    await database?.close()
  })
})
