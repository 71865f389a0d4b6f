import type { MergesAnswer } from '@weapp-auth/protocol/contract'
import type { MergeMe } from '../../usecases/merge-me.ts'
import type { GuardedCall } from '../route.ts'

export function getMeMerges(mergeMe: MergeMe) {
  return ({ session }: GuardedCall<undefined>): Promise<MergesAnswer> => mergeMe.list(session)
}
