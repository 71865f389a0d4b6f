import type { MergesAnswer } from '@weapp-auth/protocol/contract'
import type { Page } from '../../ports/page.ts'
import type { MergeMe } from '../../usecases/merge-me.ts'
import type { GuardedCall } from '../route.ts'

export function getMeMerges(mergeMe: MergeMe) {
  return ({ session, body }: GuardedCall<Page>): Promise<MergesAnswer> => mergeMe.list(session, body)
}
