import type { AuditDraft } from '../../domain/audit-entry.ts'
import type { BlockRow, BlockStore } from '../../ports/block-store.ts'

export interface BlocksTools {
  readonly isLive: (userId: string) => boolean
  readonly endSessionsOf: (userId: string, now: number) => readonly string[]
  readonly append: (draft: AuditDraft) => void
}

/** Users whom operators keep out; what it answers is done when it returns. */
export function createBlocks({ isLive, endSessionsOf, append }: BlocksTools) {
  const rows = new Map<string, BlockRow>()

  const store: BlockStore = {
    findBlock: async userId => rows.get(userId) ?? null,
    async blockUser({ audit, ...row }) {
      if (!isLive(row.userId)) return null
      const isNew = !rows.has(row.userId)
      if (isNew) rows.set(row.userId, row)
      const ended = endSessionsOf(row.userId, row.blockedAt)
      if (isNew) append(audit)
      return ended
    },
    async unblockUser(userId, audit) {
      if (!rows.delete(userId)) return false
      append(audit)
      return true
    },
  }
  return { store, isBlocked: (userId: string) => rows.has(userId) }
}
