import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { fillTables, fillUsers } from '../../test/fill-tables.ts'
import type { TransferTarget } from '../ports/transfer-side.ts'
import { createSqliteStore, openSqliteTransfer, StoreUnusable } from '../stores/sqlite/index.ts'
import { type TransferProgress, transferData } from './transfer-data.ts'

function filled(users = 0): Database.Database {
  const database = new Database(':memory:')
  fillTables(database)
  fillUsers(database, users)
  return database
}

const empty = () => new Database(':memory:')

function change(database: Database.Database, sql: string): void {
  expect(database.prepare(sql).run().changes).toBe(1)
}

/** One run of the command. */
async function run(from: Database.Database, to: Database.Database, wrap = (target: TransferTarget) => target) {
  const source = openSqliteTransfer({ database: from, as: 'source' })
  const target = wrap(openSqliteTransfer({ database: to, as: 'target' }))
  const progress: TransferProgress[] = []
  const outcome = await transferData({ source, target, clock: { now: () => 77 }, observe: one => progress.push(one) })
  return { outcome, progress }
}

const killed = new Error('killed')

/** A target whose process ends behind the commit of its n-th write. */
const killedAt = (nth: number) => (target: TransferTarget) => {
  let writes = 0
  return {
    ...target,
    async write(...write: Parameters<TransferTarget['write']>) {
      await target.write(...write)
      writes += 1
      if (writes === nth) throw killed
      return true
    },
  }
}

describe('a transfer', () => {
  it('brings every row of every table, and says how far it is', async () => {
    const [from, to] = [filled(2500), empty()]
    const { outcome, progress } = await run(from, to)
    expect(outcome).toMatchObject({ status: 'transferred' })
    if (outcome.status !== 'transferred') return
    expect(outcome.tables.filter(({ rows }) => rows === 0)).toEqual([])
    expect(outcome.tables.find(({ table }) => table === 'user')).toMatchObject({ rows: 2503 })
    const users = progress.filter(({ phase, table }) => phase === 'copy' && table === 'user')
    expect(users.map(({ rows, of }) => [rows, of])).toEqual([1000, 2000, 2503, 2503].map(rows => [rows, 2503]))
    for (const { table } of outcome.tables) {
      const all = `SELECT * FROM "${table}" ORDER BY 1`
      expect(to.prepare(all).raw().all()).toEqual(from.prepare(all).raw().all())
    }
  })

  it('gives equal hashes for equal data, wherever it stopped and went on', { timeout: 60_000 }, async () => {
    const from = filled(1001)
    let writes = 0
    const whole = await run(from, empty(), target => ({
      ...target,
      write(...write) {
        writes += 1
        return target.write(...write)
      },
    }))
    expect(writes).toBeGreaterThan(20)
    for (let nth = 1; nth <= writes; nth += 1) {
      const to = empty()
      await expect(run(from, to, killedAt(nth))).rejects.toBe(killed)
      expect((await run(from, to)).outcome).toEqual(whole.outcome)
    }
  })

  it('keeps stores off the target until it is finished', async () => {
    const [from, to] = [filled(), empty()]
    await expect(run(from, to, killedAt(5))).rejects.toBe(killed)
    const half = to.serialize()
    const open = () => createSqliteStore({ database: new Database(half) })
    expect(open).toThrow(expect.objectContaining({ code: 'transfer-unfinished' }))
    expect(open).toThrow(StoreUnusable)
    expect(() => openSqliteTransfer({ database: new Database(half), as: 'source' })).toThrow(StoreUnusable)
    await run(from, to)
    await createSqliteStore({ database: to }).close()
  })

  it('is done once', async () => {
    const [from, to] = [filled(), empty()]
    await run(from, to)
    expect((await run(from, to)).outcome).toEqual({ status: 'finished-before', at: 77 })
    change(from, 'UPDATE "key" SET created_at = 2')
    expect((await run(from, to)).outcome).toEqual({ status: 'not-empty', table: 'transfer' })
  })

  it('ends when it is told to, and goes on later', async () => {
    const stop = new AbortController()
    const [from, to] = [filled(), empty()]
    const source = openSqliteTransfer({ database: from, as: 'source' })
    const target = openSqliteTransfer({ database: to, as: 'target' })
    const observe = ({ table }: TransferProgress) => table === 'spent' && stop.abort(killed)
    await expect(transferData({ source, target, signal: stop.signal, observe })).rejects.toBe(killed)
    expect(to.prepare('SELECT count(*) FROM session').pluck().get()).toBe(2)
    expect((await run(from, to)).outcome).toMatchObject({ status: 'transferred' })
  })

  it('refuses a source that no server has used', async () => {
    const to = empty()
    expect((await run(empty(), to)).outcome).toEqual({ status: 'source-empty' })
    expect(to.prepare('SELECT count(*) FROM transfer').pluck().get()).toBe(0)
  })

  it('writes nothing into a database that has rows, nor into the half of another one', async () => {
    const full = filled()
    expect((await run(filled(), full)).outcome).toEqual({ status: 'not-empty', table: 'user' })
    expect(full.prepare('SELECT count(*) FROM transfer').pluck().get()).toBe(0)
    const [from, to] = [filled(), empty()]
    await expect(run(from, to, killedAt(5))).rejects.toBe(killed)
    const other = filled()
    change(other, 'UPDATE "key" SET created_at = 2')
    expect((await run(other, to)).outcome).toEqual({ status: 'other-source' })
    expect((await run(from, to)).outcome).toMatchObject({ status: 'transferred' })
  })

  it('leaves the work to whoever began first, and of two at a table to whoever wrote first', async () => {
    const [from, to] = [filled(), empty()]
    const source = openSqliteTransfer({ database: from, as: 'source' })
    const target = openSqliteTransfer({ database: to, as: 'target' })
    const outcomes = await Promise.all([1, 2, 3].map(() => transferData({ source, target })))
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['overtaken', 'overtaken', 'transferred'])

    const half = empty()
    await expect(run(from, half, killedAt(1))).rejects.toBe(killed)
    const racers = await Promise.all([1, 2, 3].map(() => run(from, half)))
    expect(racers.map(({ outcome }) => outcome.status).sort()).toEqual(['overtaken', 'overtaken', 'transferred'])
  })
})

describe('a transfer is not done when', () => {
  /** Changes a file at the moment when copying is over. */
  const changedMeanwhile = (change: () => void) => (target: TransferTarget) => {
    let isChanged = false
    return {
      ...target,
      async rowsAfter(table: string, after: string | null) {
        if (!isChanged) change()
        isChanged = true
        return target.rowsAfter(table, after)
      },
    }
  }

  it.each([
    ['changed', "UPDATE phone SET country_code = '87' WHERE id = 7"],
    ['gone', 'DELETE FROM merge_part WHERE id = 8'],
    ['new', "INSERT INTO doomed_avatar (avatar_key, since) VALUES ('z', 1)"],
  ])('a row of the target is %s', async (_, sql) => {
    const [from, to] = [filled(), empty()]
    const { outcome } = await run(
      from,
      to,
      changedMeanwhile(() => change(to, sql)),
    )
    expect(outcome).toEqual({ status: 'target-differs', table: / (phone|merge_part|doomed_avatar) /.exec(sql)?.[1] })
    expect(() => createSqliteStore({ database: to })).toThrow(StoreUnusable)
  })

  it.each([
    ['changed', 'UPDATE budget SET used = 3 WHERE used = 1', 'budget'],
    ['gone', 'DELETE FROM consent WHERE id = 1', 'consent'],
    ['new', "INSERT INTO app (app_id, version, changed_at) VALUES ('wx9', 9, 9)", 'app'],
  ])('a row of the source is %s meanwhile', async (_, sql, table) => {
    const [from, to] = [filled(), empty()]
    const { outcome } = await run(
      from,
      to,
      changedMeanwhile(() => change(from, sql)),
    )
    expect(outcome).toEqual({ status: 'source-changed', table })
  })

  it('the audit log of the source is broken', async () => {
    const [from, to] = [filled(), empty()]
    change(from, "UPDATE audit SET act = 'nothing' WHERE seq = 2")
    expect((await run(from, to)).outcome).toEqual({ status: 'audit-broken', seq: 2, flaw: 'changed' })
  })
})
