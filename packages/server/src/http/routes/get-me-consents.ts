import type { ConsentsAnswer } from '@weapp-auth/protocol/contract'
import type { Page } from '../../ports/page.ts'
import type { KeepConsents } from '../../usecases/keep-consents.ts'
import type { GuardedCall } from '../route.ts'

export function getMeConsents({ list }: KeepConsents) {
  return ({ session, body }: GuardedCall<Page>): Promise<ConsentsAnswer> => list(session, body)
}
