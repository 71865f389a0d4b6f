import { listedRows } from '../../domain/limits.ts'
import type { Page } from '../../ports/page.ts'
import type { RequestTrace, TraceQuery } from '../../ports/trace-store.ts'
import { behindAllIds } from './behind-all.ts'
import { holdLiveUser } from './hold-users.ts'
import type { Statements, Step } from './statements.ts'

interface Row extends Omit<RequestTrace, 'steps'> {
  readonly steps: string
}

/** What came of requests. */
export function traces(sql: Statements) {
  const holdLive = holdLiveUser(sql)
  const add = sql.add<
    [
      id: string,
      requestId: string,
      at: number,
      tookMs: number,
      appId: string | null,
      userId: string | null,
      method: string,
      route: string,
      status: number,
      failed: number,
      code: string | null,
      errcode: number | null,
      rid: string | null,
      steps: string,
      until: number,
    ]
  >(`INSERT INTO request_trace
      (id, request_id, at, took_ms, app_id, user_id, method, route, status, failed, code, errcode, rid, steps, until)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const columns = `id, request_id AS "requestId", at, took_ms AS "tookMs", app_id AS "appId", user_id AS "userId",
    method, route, status, code, errcode, rid, steps, until`
  const list = (condition: string) =>
    sql.all<[value: string | number, before: string, limit: number], Row>(
      `SELECT ${columns} FROM request_trace WHERE ${condition} = ? AND id < ? ORDER BY id DESC LIMIT ?`,
    )
  const lists = { request: list('request_id'), rid: list('rid'), user: list('user_id'), failure: list('failed') }

  return {
    *addTraces(rows: readonly RequestTrace[]): Step<void> {
      const named = new Set(rows.flatMap(({ userId }) => userId ?? []))
      const live = new Set<string>()
      // In the order in which everybody holds them.
      for (const userId of [...named].sort()) if (yield* holdLive(userId)) live.add(userId)
      for (const row of rows) {
        const { id, requestId, at, tookMs, appId, method, route, status, code, errcode, rid, until } = row
        const userId = row.userId !== null && live.has(row.userId) ? row.userId : null
        const [failed, steps] = [status >= 400 ? 1 : 0, JSON.stringify(row.steps)]
        yield* add(
          ...([id, requestId, at, tookMs, appId, userId, method, route, status, failed] as const),
          ...([code, errcode, rid, steps, until] as const),
        )
      }
    },
    *tracesOf(query: TraceQuery, { after, limit = listedRows }: Page = {}): Step<readonly RequestTrace[]> {
      const value = query.by === 'failure' ? 1 : query.value
      const rows = yield* lists[query.by](value, after ?? behindAllIds, limit)
      return rows.map(({ steps, ...row }) => ({ ...row, steps: JSON.parse(steps) as RequestTrace['steps'] }))
    },
  }
}

/** Takes the name of a user out of every trace. */
export function forgetTraces(sql: Statements) {
  return sql.run<[userId: string]>('UPDATE request_trace SET user_id = NULL WHERE user_id = ?')
}
