import type { Device } from '@weapp-auth/protocol/contract'
import type { CodeSession } from '@weapp-auth/protocol/wechat'
import type { App } from '../domain/app-policy.ts'
import type { Ids } from '../domain/ids.ts'
import { limits } from '../domain/limits.ts'
import type { UserKey, Vault } from '../keys/vault.ts'
import type { AccountRow } from '../ports/account-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { Claim, RecordLogin, Store } from '../ports/store.ts'
import { sessionKeyPlace } from './session-key-place.ts'

export interface DraftLoginTools {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly newId: Ids
}

/** The user of a login. */
export interface LoginUser {
  readonly account: AccountRow
  /** True for a user whom this login makes. */
  readonly created: boolean
  /** True for a user who gets a new identity, because they have its unionid. */
  readonly joined: boolean
  /** Opened only when something is to be sealed or read. */
  key(): UserKey
}

/** A login that only needs to be recorded. */
interface LoginDraft {
  readonly user: LoginUser
  readonly login: RecordLogin
}

/** What is known of a login before the store is asked. */
export interface LoginFacts {
  readonly claim: Claim
  readonly device: Device
  readonly wechatSession: CodeSession
}

export type DraftLogin = (app: App, facts: LoginFacts) => Promise<LoginDraft>

/**
 * Finds the user behind WeChat's answer, by openid or else by unionid, or prepares a new one, and seals what the
 * login will store. The session_key is kept only when the app reads open data. Nothing is written yet.
 */
export function createDraftLogin({ store, vault, clock, newId }: DraftLoginTools): DraftLogin {
  return async function draftLogin(app, { claim, device, wechatSession: { openId, unionId, sessionKey } }) {
    const { appId } = app
    const now = clock.now()
    const user = (await findUser(appId, openId, unionId)) ?? newUser(now)
    const login: RecordLogin = {
      now,
      appId,
      openId,
      unionId,
      user: { id: user.account.user.id, create: user.created ? { wrappedKey: user.account.user.wrappedKey } : null },
      session: {
        id: newId(),
        device,
        idleUntil: now + limits.sessionIdle,
        absoluteUntil: now + limits.sessionAbsolute,
      },
      loginId: newId(),
      sessionKey: app.openData === 'off' ? null : sealSessionKey(appId, openId, sessionKey, user.key()),
      claim,
    }
    return { user, login }
  }

  async function findUser(appId: string, openId: string, unionId: string | null): Promise<LoginUser | null> {
    const known = await store.findIdentity(appId, openId)
    const account = known ?? (unionId === null ? null : await findByUnionId(unionId))
    if (!account) return null
    return { account, created: false, joined: known === null, key: once(() => vault.openUserKey(account.user)) }
  }

  async function findByUnionId(unionId: string): Promise<AccountRow | null> {
    const user = await store.findUserByUnionId(unionId)
    return user && store.findAccount(user.id)
  }

  function newUser(createdAt: number): LoginUser {
    const id = newId()
    const { key, wrapped } = vault.createUserKey(id)
    const user = { id, wrappedKey: wrapped, createdAt }
    const account = { user, phone: null, profile: { sealedNickname: null, avatarKey: null } }
    return { account, created: true, joined: false, key: () => key }
  }

  function sealSessionKey(appId: string, openId: string, sessionKey: string, key: UserKey): RecordLogin['sessionKey'] {
    const id = newId()
    const fingerprint = vault.sessionKeyFingerprint(appId, openId, sessionKey)
    return { id, sealed: key.seal(sessionKey, sessionKeyPlace(appId, id)), fingerprint }
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
