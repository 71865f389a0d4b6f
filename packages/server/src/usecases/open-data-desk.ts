import { decodeBase64, OpenDataInvalid } from '@weapp-auth/protocol/wechat'
import type { Apps } from '../domain/app-policy.ts'
import { keyFailures, limits } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { digest } from '../keys/digest.ts'
import type { UserKey, Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Store } from '../ports/store.ts'
import type { WechatPlatform } from '../ports/wechat-platform.ts'
import { createOpenSessionKeys, type OpenedKey } from './open-session-keys.ts'
import type { Session } from './session.ts'
import { createTurns } from './turns.ts'

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
  /**
   * One at a time for each user, in every process, so that racing forgers do not all try the key before the first
   * failure is counted. Throws ProblemError attempt_pending while another process has the turn.
   */
  inTurn<T>(session: Session, work: () => Promise<T>): Promise<T>
  /** `key`: that of the user, where it is open already. Throws ProblemError login_unusable. */
  keysOf(input: OnDesk, key?: UserKey): Promise<readonly OpenedKey[]>
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
  const { apps, store, wechat, clock, tell } = tools
  const openSessionKeys = createOpenSessionKeys(tools)
  const inTurnHere = createTurns()

  /** A turn whose process died is over when an attempt would be stale. */
  async function takeTurn<T>({ appId, userId }: Session, work: () => Promise<T>): Promise<T> {
    const now = clock.now()
    const name = { kind: 'open-data', appId, hash: digest('turn', userId), attempt: digest('turn') } as const
    const { status } = await store.claim({ ...name, until: now + limits.attemptStale }, now, limits.attemptStale)
    if (status !== 'claimed') throw new ProblemError('attempt_pending', { retryAfterMs: 1000 })
    return work().finally(() => store.release(name).catch(() => {}))
  }

  return {
    inTurn: (session, work) => inTurnHere(session.userId, () => (store.isShared ? takeTurn(session, work) : work())),
    async keysOf({ session, loginId }, key) {
      const keys = await openSessionKeys(session, loginId, key)
      if (keys.length === 0) throw new ProblemError('login_unusable')
      return keys
    },
    async doubtOf({ session: { appId }, encryptedData, loginId, requestId }, refusal) {
      const policy = apps.get(appId)?.openData
      if (policy === 'unchecked') return null
      const doubt = await wechat.checkEncryptedData({ appId, encryptedData, requestId }).then(
        outcome => (outcome.status === 'genuine' ? null : refusal()),
        (error: unknown) => error,
      )
      // Also when the app was removed, or turned open data off, since the request came.
      if (doubt === null || policy !== 'monitor') return doubt
      const reason = doubt instanceof ProblemError ? 'unknown' : 'unreachable'
      tell({ type: 'open-data-doubted', requestId, appId, loginId, reason })
      return null
    },
    async read({ session: { appId }, loginId, requestId }, keys, read, refusal) {
      for (const { sessionKey } of keys) {
        const found = tryKey(() => read(sessionKey))
        if (found) return found.value
      }
      const counted = await Promise.all(keys.map(({ id }) => store.countKeyFailure(loginId, id, keyFailures)))
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
