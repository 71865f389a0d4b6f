import type { AppRow, ChangeApp } from '../../ports/app-store.ts'
import { auditLog } from './audit-log.ts'
import type { Statements } from './statements.ts'

const next = '(SELECT coalesce(max(version), 0) + 1 FROM app)'

/** Mini programs that operators added. */
export function apps(sql: Statements) {
  const latest = sql.one<[], { version: number }>('SELECT coalesce(max(version), 0) AS version FROM app')
  const list = sql.all<[], AppRow>(`
    SELECT app_id AS appId, sealed, version, changed_at AS changedAt FROM app
    WHERE sealed IS NOT NULL ORDER BY app_id`)
  const add = sql.run<[appId: string, sealed: Uint8Array, now: number]>(`
    INSERT INTO app (app_id, sealed, version, changed_at) VALUES (?, ?, ${next}, ?)
    ON CONFLICT (app_id) DO UPDATE SET
      sealed = excluded.sealed, version = excluded.version, changed_at = excluded.changed_at
    WHERE app.sealed IS NULL`)
  const change = sql.run<[sealed: Uint8Array | null, now: number, appId: string, version: number]>(`
    UPDATE app SET sealed = ?, version = ${next}, changed_at = ?
    WHERE app_id = ? AND version = ? AND sealed IS NOT NULL`)
  const { appendAudit } = auditLog(sql)
  const appsVersion = () => latest()?.version ?? 0

  return {
    appsVersion,
    /** Without a pause between the two questions. */
    listApps: () => ({ version: appsVersion(), apps: list() }),
    addApp: ({ appId, sealed, now, audit }: Omit<ChangeApp, 'version'> & { readonly sealed: Uint8Array }) =>
      written(add(appId, sealed, now), audit),
    changeApp: ({ appId, version, sealed, now, audit }: ChangeApp) =>
      written(change(sealed, now, appId, version), audit),
  }

  function written(rows: number, audit: ChangeApp['audit']): boolean {
    if (rows > 0 && audit) appendAudit(audit)
    return rows > 0
  }
}
