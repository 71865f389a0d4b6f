import { routes, type User } from '@weapp-auth/protocol/contract'
import { userAnswer } from '../domain/user-answer.ts'
import type { UserKey, Vault } from '../keys/vault.ts'
import type { AccountRow } from '../ports/account-store.ts'
import { openPhone } from './open-phone.ts'

export interface OpenUserTools {
  readonly vault: Vault
  /** URL before `/v1/avatars/{key}`; `null` when no avatars are kept. */
  readonly avatarsUrl: string | null
}

/** Unseals a user for themselves. `key` saves opening their data key a second time. */
export type OpenUser = (account: AccountRow, key?: () => UserKey) => User

/** Where the nickname of a user is sealed; it belongs to the user in every app. */
export function nicknamePlace(userId: string) {
  return { table: 'profile', column: 'nickname', appId: '-', row: userId } as const
}

export function createOpenUser({ vault, avatarsUrl }: OpenUserTools): OpenUser {
  return function openUser({ user, phone, profile: { sealedNickname, avatarKey } }, key) {
    const opened = phone || sealedNickname ? (key?.() ?? vault.openUserKey(user)) : null
    return userAnswer(user, phone && opened && openPhone(opened, phone), {
      nickname: opened && sealedNickname && opened.open(sealedNickname, nicknamePlace(user.id)),
      avatarUrl: avatarKey && avatarsUrl && avatarsUrl + routes.avatarFile.replace('{key}', avatarKey),
    })
  }
}
