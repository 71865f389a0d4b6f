import type { ConsentAnswer, ConsentRequest } from '@weapp-auth/protocol/contract'
import type { KeepConsents } from '../../usecases/keep-consents.ts'
import type { GuardedCall } from '../route.ts'

export function postConsent({ give }: KeepConsents) {
  return ({ body, session, requestId }: GuardedCall<ConsentRequest>): Promise<ConsentAnswer> =>
    give({ ...body, session, requestId })
}
