import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { appUsers } from '../sql/app-users.ts'
import type { Statements } from '../sql/statements.ts'
import { migrate } from './migrate.ts'
import { sqliteStatements } from './sqlite-statements.ts'

test('everybody of a mini program is read by indexes that lead to one user, never by all openids for each', () => {
  const database = new Database(':memory:')
  migrate(database)
  const asked: string[] = []
  const statements = sqliteStatements(database)
  const all: Statements['all'] = sql => {
    asked.push(sql)
    return statements.all(sql)
  }
  appUsers({ ...statements, all })
  const plans = asked.map(sql => {
    const values = sql.match(/\?/g) ?? []
    const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values.map(() => 0)) as { detail: string }[]
    return rows.map(({ detail }) => detail).filter(detail => /SCAN|SEARCH (i|a|o|s) /.test(detail))
  })
  expect(plans).toEqual([
    [expect.stringMatching(/^SEARCH i .*open_id>\?/), expect.stringContaining('identity_of_user (user_id=?)')],
    [expect.stringContaining('identity_of_user (user_id=?)'), expect.stringContaining('identity_of_user (user_id=?)')],
    [
      expect.stringMatching(/^SEARCH a .*open_id>\? AND open_id<\?/),
      expect.stringContaining('identity_of_user (user_id=?)'),
      expect.stringContaining('session_of_identity (identity_id=?)'),
    ],
  ])
  database.close()
})
