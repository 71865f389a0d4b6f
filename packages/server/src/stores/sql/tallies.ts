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
  const ofKind = (kind: string) => ({
    ofAll: sql.all<[unit: TallyUnit, from: number, to: number], Tally>(
      `SELECT ${columns} FROM tally WHERE unit = ? AND at >= ? AND at < ? AND ${kind} ORDER BY at, app_id, name`,
    ),
    ofApp: sql.all<[unit: TallyUnit, appId: string, from: number, to: number], Tally>(
      `SELECT ${columns} FROM tally WHERE unit = ? AND app_id = ? AND at >= ? AND at < ? AND ${kind} ORDER BY at, name`,
    ),
  })
  const kinds = { counts: ofKind("name NOT LIKE 'time %'"), times: ofKind("name LIKE 'time %'") }

  return {
    *addTallies(rows: readonly Tally[]): Step<void> {
      for (const { unit, at, appId, name, count: more } of rows) {
        if ((yield* count(more, unit, appId, at, name)) > 0) continue
        // Somebody may have added the row meanwhile.
        if (!(yield* add(unit, appId, at, name, more))) yield* count(more, unit, appId, at, name)
      }
    },
    talliesOf({ unit, from, to, appId, kind }: Parameters<TallyStore['talliesOf']>[0]): Step<readonly Tally[]> {
      const { ofAll, ofApp } = kinds[kind]
      return appId === null ? ofAll(unit, from, to) : ofApp(unit, appId, from, to)
    },
  }
}
