import type { AuditDraft } from '../../domain/audit-entry.ts'
import type { AppRow, AppStore, ChangeApp } from '../../ports/app-store.ts'

/** Mini programs that operators added, and those they removed. */
export function createApps({ append }: { readonly append: (draft: AuditDraft) => void }) {
  const rows = new Map<string, Omit<AppRow, 'sealed'> & { readonly sealed: Uint8Array | null }>()
  let latest = 0

  function write({ appId, sealed, now, audit }: Omit<ChangeApp, 'version'>): true {
    latest += 1
    rows.set(appId, { appId, sealed, version: latest, changedAt: now })
    if (audit) append(audit)
    return true
  }

  function list(): readonly AppRow[] {
    const apps = [...rows.values()].flatMap(row => (row.sealed ? [{ ...row, sealed: row.sealed }] : []))
    return apps.sort((a, b) => (a.appId < b.appId ? -1 : 1))
  }

  const store: AppStore = {
    appsVersion: async () => latest,
    listApps: async () => ({ version: latest, apps: list() }),
    addApp: async input => !rows.get(input.appId)?.sealed && write(input),
    async changeApp({ version, ...input }) {
      const row = rows.get(input.appId)
      return row?.version === version && row.sealed !== null && write(input)
    },
  }
  return { store, list }
}
