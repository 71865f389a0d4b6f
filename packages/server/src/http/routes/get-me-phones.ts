import type { PhonesAnswer } from '@weapp-auth/protocol/contract'
import type { Page } from '../../ports/page.ts'
import type { ReadPhones } from '../../usecases/read-phones.ts'
import type { GuardedCall } from '../route.ts'

export function getMePhones(readPhones: ReadPhones) {
  return ({ session, body }: GuardedCall<Page>): Promise<PhonesAnswer> => readPhones(session, body)
}
