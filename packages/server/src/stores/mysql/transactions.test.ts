import { createPool, type Pool } from 'mysql2/promise'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestMysql } from '../../../test/services.ts'
import type { CommitReport } from '../../ports/commit-report.ts'
import { askingStatements } from '../sql/asking-statements.ts'
import { Raced, type Step } from '../sql/statements.ts'
import { createConnections } from './connections.ts'
import { mysqlDialect } from './dialect.ts'
import type { MysqlConnection, MysqlPool } from './driver.ts'
import { createTransactions } from './transactions.ts'

const database = await openTestMysql()
const pool = database && createPool({ uri: database.url, connectionLimit: 6 })
afterAll(async () => {
  await pool?.end()
  await database?.close()
})

const name = Buffer.from('name')
const sql = askingStatements(mysqlDialect(1))
const count = sql.run<[by: number, id: number]>('UPDATE counter SET n = n + ? WHERE id = ?')
const countOf = sql.one<[id: number], { n: number }>('SELECT n FROM counter WHERE id = ?')
const put = sql.run<[id: number]>('INSERT INTO counter (id, n) VALUES (?, 0)')
const add = sql.add<[id: number]>('INSERT INTO counter (id, n) VALUES (?, 0)')
const sleep = sql.one<[seconds: number], unknown>('SELECT SLEEP(?) AS slept')
const endMyself = sql.run<[]>('KILL CONNECTION_ID()')

describe.skipIf(!pool)('a step on MySQL', { timeout: 30_000 }, () => {
  const admin = pool as Pool
  const open = (over: MysqlPool = admin, observe?: (report: CommitReport) => void) =>
    createTransactions({
      connections: createConnections({ pool: over, waitSeconds: 1, timeout: 20_000 }),
      random: () => 0.5,
      observe,
    })
  const { read, step } = open()
  const current = async (id: number) => (await read(() => countOf(id)))?.n
  const isFree = async () => {
    const [rows] = await admin.query("SELECT IS_FREE_LOCK(SHA2(CONCAT(DATABASE(), '/', HEX(?)), 256)) AS free", [name])
    return (rows as { free: number }[])[0]?.free === 1
  }

  beforeAll(async () => {
    await admin.query('CREATE TABLE counter (id BIGINT PRIMARY KEY, n BIGINT NOT NULL) ENGINE = InnoDB')
  })
  beforeEach(async () => {
    await admin.query('DELETE FROM counter')
    await admin.query('INSERT INTO counter VALUES (1, 0), (2, 0)')
  })

  it('is done wholly or not at all', async () => {
    const half = step(function* () {
      yield* count(1, 1)
      throw new TypeError('half')
    })
    await expect(half).rejects.toMatchObject({ code: 'failed', cause: new TypeError('half') })
    expect(await current(1)).toBe(0)
    await step(() => count(5, 1))
    expect(await current(1)).toBe(5)
  })

  it('counts the rows found, also when nothing differs', async () => {
    expect(await step(() => count(0, 1))).toBe(1)
    expect(await step(() => count(0, 9))).toBe(0)
  })

  it('is told that a key is taken, and goes on', async () => {
    const added = await step(function* () {
      const outcomes = [yield* add(3), yield* add(3)]
      yield* count(1, 3)
      return outcomes
    })
    expect(added).toEqual([true, false])
    expect(await current(3)).toBe(1)
  })

  it('that waits for another one that waits for it is run again until both are done', async () => {
    let runs = 0
    let held = 0
    const both = (one: number, other: number) =>
      step(function* () {
        runs += 1
        yield* count(1, one)
        held += 1
        while (held < 2) yield* sleep(0.01)
        yield* count(1, other)
      })
    await Promise.all([both(1, 2), both(2, 1)])
    expect(runs).toBeGreaterThan(2)
    expect([await current(1), await current(2)]).toEqual([2, 2])
  })

  it('that was raced, or met a row it had not seen, is run again', async () => {
    let runs = 0
    await step(function* () {
      runs += 1
      yield* count(1, 1)
      if (runs === 1) throw new Raced()
      if (runs === 2) yield* put(1)
    })
    expect(runs).toBe(3)
    expect(await current(1)).toBe(1)
  })

  it('that never fits is a fault in the end, without the value in it', async () => {
    const fault = await step(() => put(1)).catch(error => error)
    expect(fault).toMatchObject({ code: 'failed', cause: { code: 'ER_DUP_ENTRY' } })
    expect(fault.cause.message).toBe("ER_DUP_ENTRY (1062) for key 'PRIMARY'")
  })

  it('waits for a row as long as it was told, and is busy then', async () => {
    const holder = await admin.getConnection()
    await holder.query('START TRANSACTION')
    await holder.query('UPDATE counter SET n = 7 WHERE id = 1')
    await expect(step(() => count(1, 1))).rejects.toMatchObject({ code: 'busy' })
    await holder.query('ROLLBACK')
    holder.release()
    expect(await step(() => count(1, 1))).toBe(1)
  })

  it('sees what others commit while it runs', async () => {
    let isCommitted = false
    const [seen] = await Promise.all([
      step(function* () {
        yield* countOf(1)
        while (!isCommitted) yield* sleep(0.01)
        return (yield* countOf(1))?.n
      }),
      step(() => count(4, 1)).then(() => {
        isCommitted = true
      }),
    ])
    expect(seen).toBe(4)
  })

  it('reads text and bytes as they were written, and numbers as numbers', async () => {
    const echo = sql.one<[string, Uint8Array, number], unknown>(
      `SELECT ? AS "text", ? AS "bytes", CAST(? AS SIGNED) AS "number"`,
    )
    const bytes = Uint8Array.of(7, 0, 255, 128, 9).subarray(1, 4)
    expect(await read(() => echo('微信 👋 ', bytes, 2 ** 53 - 1))).toEqual({
      text: '微信 👋 ',
      bytes: Buffer.from([0, 255, 128]),
      number: 2 ** 53 - 1,
    })
  })

  it('tells how long it waited and took', async () => {
    const reports: CommitReport[] = []
    await open(admin, report => reports.push(report)).step(() => sleep(0.1))
    expect(reports).toEqual([{ steps: 1, waitedMs: expect.any(Number), tookMs: expect.any(Number) }])
    expect(reports[0]?.tookMs).toBeGreaterThan(90)
  })

  describe('that holds a name', () => {
    function* holding(work: Step<unknown>): Step<void> {
      yield* sql.holdName(name)
      yield* work
    }

    it('keeps others off until it is done', async () => {
      let inside = 0
      const alone = () =>
        step(function* () {
          yield* sql.holdName(name)
          inside += 1
          const met = inside
          yield* sleep(0.05)
          inside -= 1
          return met
        })
      expect(await Promise.all([alone(), alone(), alone(), alone()])).toEqual([1, 1, 1, 1])
      expect(await isFree()).toBe(true)
    })

    it('gives it back when it is undone, and when its connection is gone', async () => {
      const broken = holding(
        (function* () {
          yield* count(1, 1)
          throw new TypeError('undone')
        })(),
      )
      await expect(step(() => broken)).rejects.toMatchObject({ code: 'failed' })
      expect(await isFree()).toBe(true)
      await expect(step(() => holding(endMyself()))).rejects.toMatchObject({ code: 'failed' })
      await step(() => holding(count(1, 1)))
      expect(await isFree()).toBe(true)
    })

    it('waits for it as long as it was told, and is busy then', async () => {
      const holder = await admin.getConnection()
      await holder.query("SELECT GET_LOCK(SHA2(CONCAT(DATABASE(), '/', HEX(?)), 256), 1)", [name])
      await expect(step(() => holding(count(1, 1)))).rejects.toMatchObject({ code: 'busy' })
      await holder.query('DO RELEASE_ALL_LOCKS()')
      holder.release()
      expect(await current(1)).toBe(0)
    })
  })

  describe('whose connection is lost', () => {
    it('in the midst is run once more, and so is a question', async () => {
      let runs = 0
      function* brokenOnce(): Step<void> {
        runs += 1
        if (runs === 1) yield* endMyself()
      }
      await step(function* () {
        yield* count(4, 1)
        yield* brokenOnce()
        yield* count(1, 1)
      })
      expect([runs, await current(1)]).toEqual([2, 5])
      runs = 0
      const found = await read(function* () {
        yield* brokenOnce()
        return (yield* countOf(1))?.n
      })
      expect([runs, found]).toEqual([2, 5])
    })

    it('again is a fault, and the next one gets another connection', async () => {
      const one = createPool({ uri: database?.url ?? '', connectionLimit: 1 })
      const { step } = open(one)
      const lost = step(function* () {
        yield* count(1, 1)
        yield* endMyself()
        yield* count(1, 1)
      })
      await expect(lost).rejects.toMatchObject({ code: 'failed' })
      expect(await step(() => count(3, 1))).toBe(1)
      expect(await current(1)).toBe(3)
      await one.end()
    })

    it('before the answer of COMMIT is a fault, though all is written, and is not run again', async () => {
      let runs = 0
      const { step } = open(losingAnswerOf('COMMIT', admin))
      const unknown = step(function* () {
        runs += 1
        yield* count(1, 1)
      })
      await expect(unknown).rejects.toMatchObject({ code: 'failed', cause: { code: 'PROTOCOL_CONNECTION_LOST' } })
      expect([runs, await current(1)]).toEqual([1, 1])
    })

    it('in an answer that never comes is a fault after the time for answers', async () => {
      const patience = createTransactions({
        connections: createConnections({ pool: admin, waitSeconds: 1, timeout: 200 }),
      })
      await expect(patience.step(() => sleep(5))).rejects.toMatchObject({ code: 'failed' })
      expect(await step(() => count(1, 1))).toBe(1)
    })
  })
})

/** The server does it, and the answer is lost on the way. */
function losingAnswerOf(sql: string, pool: Pool): MysqlPool {
  return {
    end: () => pool.end(),
    async getConnection(): Promise<MysqlConnection> {
      const connection = await pool.getConnection()
      return {
        connection: connection.connection,
        execute: (question, values) => connection.execute(question, values),
        async query(question) {
          const reply = await connection.query(question)
          if (question.sql !== sql) return reply
          throw Object.assign(new Error('Connection lost'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true })
        },
        release: () => connection.release(),
        destroy: () => connection.destroy(),
      }
    },
  }
}
