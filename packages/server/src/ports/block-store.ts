import type { AuditDraft } from '../domain/audit-entry.ts'

/** A user whom operators keep out. */
export interface BlockRow {
  readonly userId: string
  readonly blockedAt: number
  /** Name of the operator. */
  readonly blockedBy: string
  readonly reason: string
}

export interface BlockUser extends BlockRow {
  readonly audit: AuditDraft
}

/** Users who may not log in. */
export interface BlockStore {
  findBlock(userId: string): Promise<BlockRow | null>
  /**
   * Blocks the user and ends their sessions in the same step; answers the ids of those it ended, `null` when there is no
   * such user. Of one who is blocked already the first block stays, and no line is written.
   * Race: a login at the same moment either came before, and its session is ended too, or gets `blocked`.
   */
  blockUser(input: BlockUser): Promise<readonly string[] | null>
  /** False when they were not blocked. Race: of any number of callers exactly one gets true, with the line in the audit log. */
  unblockUser(userId: string, audit: AuditDraft): Promise<boolean>
}
