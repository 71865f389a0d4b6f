import type { AppRow, ChangeApp } from '../../ports/app-store.ts'
import { auditLog } from './audit-log.ts'
import type { Statements, Step } from './statements.ts'

/** Held by whoever gives the next version. */
const versions = Buffer.from('versions of apps')

/** Mini programs that operators added. */
export function apps(sql: Statements) {
  const latest = sql.one<[], { version: number }>('SELECT coalesce(max(version), 0) AS version FROM app')
  const list = sql.all<[], Omit<AppRow, 'sealed'> & { readonly sealed: Uint8Array | null }>(
    'SELECT app_id AS "appId", sealed, version, changed_at AS "changedAt" FROM app ORDER BY app_id',
  )
  const add = sql.add<[appId: string, sealed: Uint8Array, version: number, now: number]>(
    'INSERT INTO app (app_id, sealed, version, changed_at) VALUES (?, ?, ?, ?)',
  )
  const addAgain = sql.run<[sealed: Uint8Array, version: number, now: number, appId: string]>(
    'UPDATE app SET sealed = ?, version = ?, changed_at = ? WHERE app_id = ? AND sealed IS NULL',
  )
  const change = sql.run<[sealed: Uint8Array | null, next: number, now: number, appId: string, version: number]>(`
    UPDATE app SET sealed = ?, version = ?, changed_at = ?
    WHERE app_id = ? AND version = ? AND sealed IS NOT NULL`)
  const { appendAudit } = auditLog(sql)

  return {
    appsVersion,
    /** One question, so that the version is that of this list; rows of removed apps have one too. */
    *listApps(): Step<{ readonly version: number; readonly apps: readonly AppRow[] }> {
      const rows = yield* list()
      const version = Math.max(0, ...rows.map(row => row.version))
      return { version, apps: rows.flatMap(({ sealed, ...row }) => (sealed ? { ...row, sealed } : [])) }
    },
    *addApp(input: Omit<ChangeApp, 'version'> & { readonly sealed: Uint8Array }): Step<boolean> {
      const { appId, sealed, now, audit } = input
      const next = yield* nextVersion()
      const added = (yield* addAgain(sealed, next, now, appId)) > 0 || (yield* add(appId, sealed, next, now))
      if (added && audit) yield* appendAudit(audit)
      return added
    },
    *changeApp({ appId, version, sealed, now, audit }: ChangeApp): Step<boolean> {
      const changed = (yield* change(sealed, yield* nextVersion(), now, appId, version)) > 0
      if (changed && audit) yield* appendAudit(audit)
      return changed
    },
  }

  function* appsVersion(): Step<number> {
    return (yield* latest())?.version ?? 0
  }

  function* nextVersion(): Step<number> {
    yield* sql.holdName(versions)
    return (yield* appsVersion()) + 1
  }
}
