import type { ConsentsAnswer } from '@weapp-auth/protocol/contract'
import type { KeepConsents } from '../../usecases/keep-consents.ts'
import type { GuardedCall } from '../route.ts'

export function getMeConsents({ list }: KeepConsents) {
  return ({ session }: GuardedCall<undefined>): Promise<ConsentsAnswer> => list(session)
}
