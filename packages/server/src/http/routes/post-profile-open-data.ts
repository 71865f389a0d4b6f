import type { ProfileOpenDataAnswer, ProfileOpenDataRequest } from '@weapp-auth/protocol/contract'
import type { ProfileByOpenData } from '../../usecases/profile-by-open-data.ts'
import type { GuardedCall } from '../route.ts'

export function postProfileOpenData(profileByOpenData: ProfileByOpenData) {
  return ({ body, session, requestId }: GuardedCall<ProfileOpenDataRequest>): Promise<ProfileOpenDataAnswer> =>
    profileByOpenData({ ...body, session, requestId })
}
