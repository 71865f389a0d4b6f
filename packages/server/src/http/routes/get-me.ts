import type { MeAnswer } from '@weapp-auth/protocol/contract'
import type { ReadMe } from '../../usecases/read-me.ts'
import type { GuardedCall } from '../route.ts'

export function getMe(readMe: ReadMe) {
  return ({ session }: GuardedCall<undefined>): Promise<MeAnswer> => readMe(session)
}
