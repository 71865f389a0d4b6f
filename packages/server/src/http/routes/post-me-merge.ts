import type { MergeAnswer, MergeRequest } from '@weapp-auth/protocol/contract'
import type { MergeMe } from '../../usecases/merge-me.ts'
import type { GuardedCall } from '../route.ts'

export function postMeMerge(mergeMe: MergeMe) {
  return ({ body, session, requestId }: GuardedCall<MergeRequest>): Promise<MergeAnswer> =>
    mergeMe.merge({ ...body, session, requestId })
}
