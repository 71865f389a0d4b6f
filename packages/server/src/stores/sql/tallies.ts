import type { Tally, TallyStore, TallyUnit } from '../../ports/tally-store.ts'
import type { Statements, Step } from './statements.ts'

/** Counts for funnel and cost. */
export function tallies(sql: Statements) {
  const count = sql.run<[more: number, unit: TallyUnit, appId: string, at: number, name: string]>(
    'UPDATE tally SET total = total + ? WHERE unit = ? AND app_id = ? AND at = ? AND name = ?',
  )
  const add = sql.add<[unit: TallyUnit, appId: string, at: number, name: string, total: number]>(
    'INSERT INTO tally (unit, app_id, at, name, total) VALUES (?, ?, ?, ?, ?)',
  )
  const columns = 'unit, at, app_id AS "appId", name, total AS "count"'
  const ofAll = sql.all<[unit: TallyUnit, from: number, to: number], Tally>(
    `SELECT ${columns} FROM tally WHERE unit = ? AND at >= ? AND at < ? ORDER BY at, app_id, name`,
  )
  const ofApp = sql.all<[unit: TallyUnit, appId: string, from: number, to: number], Tally>(
    `SELECT ${columns} FROM tally WHERE unit = ? AND app_id = ? AND at >= ? AND at < ? ORDER BY at, name`,
  )

  return {
    *addTallies(rows: readonly Tally[]): Step<void> {
      for (const { unit, at, appId, name, count: more } of rows) {
        if ((yield* count(more, unit, appId, at, name)) > 0) continue
        // Somebody may have added the row meanwhile.
        if (!(yield* add(unit, appId, at, name, more))) yield* count(more, unit, appId, at, name)
      }
    },
    talliesOf({ unit, from, to, appId }: Parameters<TallyStore['talliesOf']>[0]): Step<readonly Tally[]> {
      return appId === null ? ofAll(unit, from, to) : ofApp(unit, appId, from, to)
    },
  }
}
