import type { ProfileAnswer, ProfileRequest } from '@weapp-auth/protocol/contract'
import type { ChangeProfile } from '../../usecases/change-profile.ts'
import type { GuardedCall } from '../route.ts'

export function postProfile({ nickname }: ChangeProfile) {
  return ({ body, session, requestId }: GuardedCall<ProfileRequest>): Promise<ProfileAnswer> =>
    nickname({ ...body, session, requestId })
}
