import type { MergeCodeAnswer } from '@weapp-auth/protocol/contract'
import type { MergeMe } from '../../usecases/merge-me.ts'
import type { GuardedCall } from '../route.ts'

export function postMeMergeCode(mergeMe: MergeMe) {
  return async ({ session }: GuardedCall<undefined>): Promise<MergeCodeAnswer> => mergeMe.code(session)
}
