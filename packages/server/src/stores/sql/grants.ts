import type { AuditDraft } from '../../domain/audit-entry.ts'
import { type Grant, type GrantRow, type GrantStore, isLaterGrant } from '../../ports/grant-store.ts'
import { auditLog } from './audit-log.ts'
import { Raced, type Statements, type Step } from './statements.ts'

const columns = `component_app_id AS "componentAppId", app_id AS "appId", sealed, granted_at AS "at", version`

/** Tickets and authorizations of third-party platforms. */
export function grants(sql: Statements) {
  const find = `SELECT ${columns} FROM component_grant WHERE component_app_id = ? AND app_id = ?`
  const read = sql.one<[componentAppId: string, appId: string], GrantRow>(find)
  const hold = sql.hold<[componentAppId: string, appId: string], GrantRow>(find)
  const list = sql.all<[], GrantRow>(
    `SELECT ${columns} FROM component_grant WHERE sealed IS NOT NULL ORDER BY component_app_id, app_id`,
  )
  const add = sql.add<[componentAppId: string, appId: string, sealed: Uint8Array | null, at: number]>(
    'INSERT INTO component_grant (component_app_id, app_id, sealed, granted_at, version) VALUES (?, ?, ?, ?, 1)',
  )
  const replace = sql.run<[sealed: Uint8Array | null, at: number, componentAppId: string, appId: string]>(`
    UPDATE component_grant SET sealed = ?, granted_at = ?, version = version + 1
    WHERE component_app_id = ? AND app_id = ?`)
  const change = sql.run<[sealed: Uint8Array, componentAppId: string, appId: string, version: number]>(`
    UPDATE component_grant SET sealed = ?, version = version + 1
    WHERE component_app_id = ? AND app_id = ? AND version = ? AND sealed IS NOT NULL`)
  const { appendAudit } = auditLog(sql)

  return {
    *readGrant(componentAppId: string, appId: string): Step<GrantRow | null> {
      return (yield* read(componentAppId, appId)) ?? null
    },
    listGrants: (): Step<readonly GrantRow[]> => list(),
    *writeGrant({ audit, ...grant }: Grant & { readonly audit?: AuditDraft }): Step<boolean> {
      const { componentAppId, appId, sealed, at } = grant
      const row = yield* hold(componentAppId, appId)
      if (row && !isLaterGrant(row, grant)) return false
      if (row) yield* replace(sealed, at, componentAppId, appId)
      else if (!(yield* add(componentAppId, appId, sealed, at))) throw new Raced()
      if (audit) yield* appendAudit(audit)
      return true
    },
    *changeGrant({ sealed, componentAppId, appId, version }: Parameters<GrantStore['changeGrant']>[0]): Step<boolean> {
      return (yield* change(sealed, componentAppId, appId, version)) > 0
    },
  }
}
