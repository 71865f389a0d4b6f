import type { AppRow, AppStore } from '../../ports/app-store.ts'

/** Mini programs that operators added, and those they removed. */
export function createApps() {
  const rows = new Map<string, Omit<AppRow, 'sealed'> & { readonly sealed: Uint8Array | null }>()
  let latest = 0

  function write(appId: string, sealed: Uint8Array | null, now: number): true {
    latest += 1
    rows.set(appId, { appId, sealed, version: latest, changedAt: now })
    return true
  }

  function list(): readonly AppRow[] {
    const apps = [...rows.values()].flatMap(row => (row.sealed ? [{ ...row, sealed: row.sealed }] : []))
    return apps.sort((a, b) => (a.appId < b.appId ? -1 : 1))
  }

  const store: AppStore = {
    appsVersion: async () => latest,
    listApps: async () => ({ version: latest, apps: list() }),
    addApp: async ({ appId, sealed, now }) => !rows.get(appId)?.sealed && write(appId, sealed, now),
    async changeApp({ appId, version, sealed, now }) {
      const row = rows.get(appId)
      return row?.version === version && row.sealed !== null && write(appId, sealed, now)
    },
  }
  return { store, list }
}
