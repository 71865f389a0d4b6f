import type { ProfileAnswer } from '@weapp-auth/protocol/contract'
import type { ChangeProfile } from '../../usecases/change-profile.ts'
import type { GuardedCall } from '../route.ts'

export function postAvatar({ avatar }: ChangeProfile) {
  return ({ body, session, requestId }: GuardedCall<Uint8Array>): Promise<ProfileAnswer> =>
    avatar({ bytes: body, session, requestId })
}
