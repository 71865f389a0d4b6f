import type { Observe } from '../ports/observer.ts'
import type { Audit } from './audit.ts'

export interface TellUnionIdConflictTools {
  readonly audit: Audit
  readonly tell: Observe
}

/** One person with two accounts: `userId` got a unionid late that `otherUserId` had already. */
interface UnionIdConflict {
  readonly requestId: string
  readonly appId: string
  readonly userId: string
  readonly otherUserId: string
}

export type TellUnionIdConflict = (conflict: UnionIdConflict) => Promise<void>

/** An event for who watches now, a line of the audit log for who is asked to merge them later. */
export function createTellUnionIdConflict({ audit, tell }: TellUnionIdConflictTools): TellUnionIdConflict {
  return async ({ requestId, appId, userId, otherUserId }) => {
    tell({ type: 'union-id-conflict', requestId, appId, userId, otherUserId })
    const act = { actor: 'server', act: 'union-id-conflict', appId, subject: userId } as const
    await audit.append({ ...act, details: { otherUserId } })
  }
}
