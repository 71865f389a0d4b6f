import type { ProfileAnswer, ProfileRequest } from '@weapp-auth/protocol/contract'
import { ProblemError } from '../domain/problem-error.ts'
import type { Vault } from '../keys/vault.ts'
import type { AccountRow } from '../ports/account-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { RecordProfile } from '../ports/profile-store.ts'
import type { Store } from '../ports/store.ts'
import type { AvatarFiles } from './avatar-files.ts'
import { nicknamePlace, type OpenUser } from './open-user.ts'
import { readNickname } from './read-nickname.ts'
import type { RequireConsent } from './require-consent.ts'
import type { Session } from './session.ts'

export interface ChangeProfileTools {
  readonly store: Store
  readonly vault: Vault
  readonly avatarFiles: AvatarFiles
  readonly requireConsent: RequireConsent
  readonly openUser: OpenUser
  readonly clock: Clock
  readonly tell: Observe
}

/** Who changes their profile, in which request. */
interface ProfileCaller {
  readonly session: Session
  readonly requestId: string
}

/** The ways a profile changes. */
export interface ChangeProfile {
  /** Throws ProblemError request_invalid, profile_placeholder, consent_required. */
  nickname(input: ProfileRequest & ProfileCaller): Promise<ProfileAnswer>
  /** Throws ProblemError avatar_invalid, avatars_off, consent_required. */
  avatar(input: ProfileCaller & { readonly bytes: Uint8Array }): Promise<ProfileAnswer>
  clearAvatar(input: ProfileCaller): Promise<ProfileAnswer>
}

/** Nickname and avatar, as the user gave them. Clearing needs no consent. */
export function createChangeProfile(tools: ChangeProfileTools): ChangeProfile {
  const { store, vault, avatarFiles, requireConsent, openUser, clock, tell } = tools

  async function accountOf(userId: string): Promise<AccountRow> {
    const account = await store.findAccount(userId)
    if (!account) throw new ProblemError('token_invalid')
    return account
  }

  async function record(
    { session, requestId, askedAt }: ProfileCaller & { readonly askedAt: number },
    account: AccountRow,
    change: Pick<RecordProfile, 'sealedNickname' | 'avatarKey'>,
  ): Promise<ProfileAnswer> {
    const { appId, userId } = session
    const outcome = await store.recordProfile({ now: clock.now(), askedAt, userId, ...change })
    if (outcome.status === 'withdrawn') throw new ProblemError('consent_required', { field: 'profile' })
    if (outcome.status === 'user-gone') throw new ProblemError('token_invalid')
    await avatarFiles.remove(outcome.doomed)
    const field = change.avatarKey === undefined ? 'nickname' : 'avatar'
    const cleared = (change.avatarKey ?? change.sealedNickname ?? null) === null
    tell({ type: 'profile-recorded', requestId, appId, userId, field, cleared })
    return { user: openUser({ ...account, profile: outcome.profile }) }
  }

  return {
    async nickname({ nickname, ...caller }) {
      const { userId } = caller.session
      const askedAt = clock.now()
      if (nickname === undefined) return { user: openUser(await accountOf(userId)) }
      const name = nickname === null ? null : readNickname(nickname)
      if (name !== null) await requireConsent(caller.session, 'profile')
      const account = await accountOf(userId)
      const sealedNickname = name === null ? null : vault.openUserKey(account.user).seal(name, nicknamePlace(userId))
      return record({ ...caller, askedAt }, account, { sealedNickname })
    },
    async avatar({ bytes, ...caller }) {
      const askedAt = clock.now()
      await requireConsent(caller.session, 'profile')
      const account = await accountOf(caller.session.userId)
      const avatarKey = await avatarFiles.keep(bytes)
      try {
        return await record({ ...caller, askedAt }, account, { avatarKey })
      } catch (error) {
        if (error instanceof ProblemError) await avatarFiles.remove(avatarKey)
        throw error
      }
    },
    async clearAvatar(caller) {
      return record({ ...caller, askedAt: clock.now() }, await accountOf(caller.session.userId), { avatarKey: null })
    },
  }
}
