import type { MergeAnswer, MergeUndoRequest } from '@weapp-auth/protocol/contract'
import type { MergeMe } from '../../usecases/merge-me.ts'
import type { GuardedCall } from '../route.ts'

export function postMeMergeUndo(mergeMe: MergeMe) {
  return ({ body, session, requestId }: GuardedCall<MergeUndoRequest>): Promise<MergeAnswer> =>
    mergeMe.undo({ ...body, session, requestId })
}
