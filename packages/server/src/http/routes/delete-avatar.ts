import type { ProfileAnswer } from '@weapp-auth/protocol/contract'
import type { ChangeProfile } from '../../usecases/change-profile.ts'
import type { GuardedCall } from '../route.ts'

export function deleteAvatar({ clearAvatar }: ChangeProfile) {
  return ({ session, requestId }: GuardedCall<undefined>): Promise<ProfileAnswer> => clearAvatar({ session, requestId })
}
