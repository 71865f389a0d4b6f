import type { AuditDraft } from '../../domain/audit-entry.ts'
import { type GrantRow, type GrantStore, isLaterGrant } from '../../ports/grant-store.ts'

/** Tickets and authorizations of third-party platforms. */
export function createGrants({ append }: { readonly append: (draft: AuditDraft) => void }) {
  const rows = new Map<string, GrantRow>()
  const nameOf = ({ componentAppId, appId }: Pick<GrantRow, 'componentAppId' | 'appId'>) => `${componentAppId} ${appId}`
  const list = () => [...rows.values()].flatMap(row => (row.sealed ? [{ ...row, sealed: row.sealed }] : []))

  const store: GrantStore = {
    readGrant: async (componentAppId, appId) => rows.get(nameOf({ componentAppId, appId })) ?? null,
    listGrants: async () => list().sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
    async writeGrant({ audit, ...grant }) {
      const row = rows.get(nameOf(grant))
      if (row && !isLaterGrant(row, grant)) return false
      rows.set(nameOf(grant), { ...grant, version: (row?.version ?? 0) + 1 })
      if (audit) append(audit)
      return true
    },
    async changeGrant({ version, ...change }) {
      const row = rows.get(nameOf(change))
      if (row?.version !== version || row.sealed === null) return false
      rows.set(nameOf(change), { ...row, ...change, version: version + 1 })
      return true
    },
  }
  return { store, list }
}
