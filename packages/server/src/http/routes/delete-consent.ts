import { type ConsentAnswer, consentScopes } from '@weapp-auth/protocol/contract'
import { ProblemError } from '../../domain/problem-error.ts'
import type { KeepConsents } from '../../usecases/keep-consents.ts'
import type { GuardedCall } from '../route.ts'

export function deleteConsent({ withdraw }: KeepConsents) {
  return async ({ params, session, requestId }: GuardedCall<undefined>): Promise<ConsentAnswer> => {
    const scope = consentScopes.find(scope => scope === params.scope)
    if (scope === undefined)
      throw new ProblemError('request_invalid', {
        field: 'scope',
        detail: `"scope" must be one of ${consentScopes.join(', ')}`,
      })
    return withdraw({ scope, session, requestId })
  }
}
