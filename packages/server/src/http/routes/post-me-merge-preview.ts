import type { MergePreviewAnswer, MergePreviewRequest } from '@weapp-auth/protocol/contract'
import type { MergeMe } from '../../usecases/merge-me.ts'
import type { GuardedCall } from '../route.ts'

export function postMeMergePreview(mergeMe: MergeMe) {
  return ({ body, session }: GuardedCall<MergePreviewRequest>): Promise<MergePreviewAnswer> =>
    mergeMe.preview(session, body.code)
}
