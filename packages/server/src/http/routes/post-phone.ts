import type { PhoneAnswer, PhoneRequest } from '@weapp-auth/protocol/contract'
import type { BindPhone } from '../../usecases/bind-phone.ts'
import type { GuardedCall } from '../route.ts'

export function postPhone(bindPhone: BindPhone) {
  return ({ body, session, requestId }: GuardedCall<PhoneRequest>): Promise<PhoneAnswer> =>
    bindPhone({ ...body, session, requestId })
}
