import { decodeBase64, OpenDataInvalid } from '@weapp-auth/protocol/wechat'
import type { Apps } from '../domain/app-policy.ts'
import { keyFailures } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Store } from '../ports/store.ts'
import type { WechatPlatform } from '../ports/wechat-platform.ts'
import { createOpenSessionKeys, type OpenedKey } from './open-session-keys.ts'
import type { Session } from './session.ts'
import { createTurns, type InTurn } from './turns.ts'

export interface OpenDataDeskTools {
  readonly apps: Apps
  readonly store: Store
  readonly wechat: WechatPlatform
  readonly vault: Vault
  readonly clock: Clock
  readonly tell: Observe
}

/** Open data on the desk: whose, of which login, in which request. */
export interface OnDesk {
  readonly session: Session
  readonly loginId: string
  readonly requestId: string
}

/** What every kind of open data goes through, whatever it holds. */
export interface OpenDataDesk {
  /** One at a time for each user, so that racing forgers do not all try the key before the first failure is counted. */
  readonly inTurn: InTurn
  /** Throws ProblemError login_unusable. */
  keysOf(input: OnDesk): Promise<readonly OpenedKey[]>
  /** `null` when WeChat vouches for a ciphertext or the policy of the app does without; else why it may not count. */
  doubtOf(input: OnDesk & { readonly encryptedData: string }, refusal: () => ProblemError): Promise<unknown>
  /**
   * Reads with the first key that fits. When none does, the failure is counted, and a key under which five attempts
   * failed is erased: a padding oracle would need some twenty thousand.
   */
  read<T>(
    input: OnDesk,
    keys: readonly OpenedKey[],
    read: (sessionKey: string) => T,
    refusal: () => ProblemError,
  ): Promise<T>
}

export function createOpenDataDesk(tools: OpenDataDeskTools): OpenDataDesk {
  const { apps, store, wechat, tell } = tools
  const openSessionKeys = createOpenSessionKeys(tools)

  return {
    inTurn: createTurns(),
    async keysOf({ session, loginId }) {
      const keys = await openSessionKeys(session, loginId)
      if (keys.length === 0) throw new ProblemError('login_unusable')
      return keys
    },
    async doubtOf({ session: { appId }, encryptedData, loginId, requestId }, refusal) {
      const policy = apps.get(appId)?.openData ?? 'off'
      if (policy === 'unchecked') return null
      const doubt = await wechat.checkEncryptedData({ appId, encryptedData }).then(
        outcome => (outcome.status === 'genuine' ? null : refusal()),
        (error: unknown) => error,
      )
      if (doubt === null || policy === 'enforce') return doubt
      const reason = doubt instanceof ProblemError ? 'unknown' : 'unreachable'
      tell({ type: 'open-data-doubted', requestId, appId, loginId, reason })
      return null
    },
    async read({ session: { appId }, loginId, requestId }, keys, read, refusal) {
      for (const { sessionKey } of keys) {
        const found = tryKey(() => read(sessionKey))
        if (found) return found.value
      }
      const counted = await Promise.all(keys.map(({ id }) => store.countKeyFailure(id, keyFailures)))
      tell({ type: 'open-data-refused', requestId, appId, loginId, burnt: counted.some(({ burnt }) => burnt) })
      throw refusal()
    },
  }
}

/** Canonical Base64; whole blocks, four (the shortest phone payload) and more; an initial vector of one block. */
export function isCiphertext(encryptedData: string, iv: string, mostBytes: number): boolean {
  const length = decodeBase64(encryptedData)?.length ?? 0
  return length >= 64 && length <= mostBytes && length % 16 === 0 && decodeBase64(iv)?.length === 16
}

function tryKey<T>(read: () => T): { readonly value: T } | null {
  try {
    return { value: read() }
  } catch (error) {
    if (error instanceof OpenDataInvalid) return null
    throw error
  }
}
