import type { PhonesAnswer } from '@weapp-auth/protocol/contract'
import type { ReadPhones } from '../../usecases/read-phones.ts'
import type { GuardedCall } from '../route.ts'

export function getMePhones(readPhones: ReadPhones) {
  return ({ session }: GuardedCall<undefined>): Promise<PhonesAnswer> => readPhones(session)
}
