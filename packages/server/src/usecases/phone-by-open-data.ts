import type { PhoneAnswer } from '@weapp-auth/protocol/contract'
import {
  decodeBase64,
  decryptOpenData,
  OpenDataInvalid,
  readPhone,
  type WechatPhone,
} from '@weapp-auth/protocol/wechat'
import type { Apps } from '../domain/app-policy.ts'
import { keyFailures, limits } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { digest, hex } from '../keys/digest.ts'
import type { Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Claim, Store } from '../ports/store.ts'
import type { WechatPlatform } from '../ports/wechat-platform.ts'
import { decryptNothing } from './decrypt-nothing.ts'
import { createOpenSessionKeys, type OpenedKey } from './open-session-keys.ts'
import type { PhoneBook } from './phone-book.ts'
import type { Session } from './session.ts'
import { createSingleFlight } from './single-flight.ts'
import { createTurns } from './turns.ts'

export interface PhoneByOpenDataTools {
  readonly apps: Apps
  readonly store: Store
  readonly wechat: WechatPlatform
  readonly vault: Vault
  readonly phoneBook: PhoneBook
  readonly clock: Clock
  readonly tell: Observe
}

interface PhoneByOpenDataInput {
  readonly session: Session
  readonly loginId: string
  readonly encryptedData: string
  readonly iv: string
  readonly nonce: string
  readonly requestId: string
  /** A code of the same tap that this number settles too. */
  readonly alsoSettles: readonly Claim[]
}

export type PhoneByOpenData = (input: PhoneByOpenDataInput) => Promise<PhoneAnswer>

/**
 * The encryptedData way, for base libraries that give no code. AES-CBC carries no proof of who made a ciphertext, so
 * the order matters: sizes, used before or not, the login and its key, WeChat's own confirmation, and only then
 * decryption and every check of its content. Whatever is wrong with a ciphertext, the answer is the same
 * `phone_data_invalid` after the same work, and a session_key under which five attempts failed is erased: a padding
 * oracle would need some twenty thousand.
 */
export function createPhoneByOpenData(tools: PhoneByOpenDataTools): PhoneByOpenData {
  const { apps, store, wechat, phoneBook, clock, tell } = tools
  const fly = createSingleFlight<PhoneAnswer>()
  const inTurn = createTurns()
  const openSessionKeys = createOpenSessionKeys(tools)

  return async function phoneByOpenData(input) {
    const { session, encryptedData, iv, nonce } = input
    if (!isCiphertext(encryptedData, iv)) throw invalid()
    const { appId, userId } = session
    const claim: Claim = {
      kind: 'open-data',
      appId,
      hash: digest('open-data', appId, encryptedData),
      attempt: digest('phone', userId, nonce),
      until: clock.now() + limits.spentOpenData,
    }
    // One at a time, so that racing forgers do not all try the key before the first failure is counted.
    const start = () => inTurn(userId, () => settle(claim, input))
    return fly({ key: hex(claim.hash), attempt: hex(claim.attempt), start, late: invalid })
  }

  async function settle(claim: Claim, input: PhoneByOpenDataInput): Promise<PhoneAnswer> {
    const found = await store.claim(claim, clock.now(), limits.attemptStale)
    if (found.status !== 'claimed') return phoneBook.repeat(input.session, found, invalid)
    const { session, loginId, requestId, alsoSettles } = input
    try {
      const keys = await openSessionKeys(session, loginId)
      if (keys.length === 0) throw new ProblemError('login_unusable')
      await confirm(input)
      const phone = await decrypt(keys, input)
      return await phoneBook.record({ session, phone, source: 'open-data', claims: [claim, ...alsoSettles], requestId })
    } catch (error) {
      // Nothing was recorded, and the same ciphertext may be right under the next login's key.
      await store.release(claim).catch(() => {})
      throw error
    }
  }

  async function confirm({ session, encryptedData, loginId, requestId }: PhoneByOpenDataInput): Promise<void> {
    const { appId } = session
    const policy = apps.get(appId)?.openData ?? 'off'
    if (policy === 'unchecked') return
    const doubt = await wechat.checkEncryptedData({ appId, encryptedData }).then(
      outcome => (outcome.status === 'genuine' ? null : invalid()),
      (error: unknown) => error,
    )
    if (doubt === null) return
    if (policy === 'enforce') throw doubt
    const reason = doubt instanceof ProblemError ? 'unknown' : 'unreachable'
    tell({ type: 'open-data-doubted', requestId, appId, loginId, reason })
  }

  async function decrypt(keys: readonly OpenedKey[], input: PhoneByOpenDataInput): Promise<WechatPhone> {
    const { session, encryptedData, iv, loginId, requestId } = input
    const { appId } = session
    for (const { sessionKey } of keys) {
      const phone = tryKey(() =>
        readPhone(decryptOpenData({ sessionKey, encryptedData, iv }), { appId, now: clock.now() }),
      )
      if (phone) return phone
    }
    const counted = await Promise.all(keys.map(({ id }) => store.countKeyFailure(id, keyFailures)))
    tell({ type: 'open-data-refused', requestId, appId, loginId, burnt: counted.some(({ burnt }) => burnt) })
    throw invalid()
  }
}

/** Every refusal of a ciphertext: one code, one length, one amount of work. */
function invalid(): ProblemError {
  decryptNothing()
  return new ProblemError('phone_data_invalid')
}

/** Canonical Base64; whole blocks, four (the shortest phone payload) to 64; an initial vector of one block. */
function isCiphertext(encryptedData: string, iv: string): boolean {
  const length = decodeBase64(encryptedData)?.length ?? 0
  return length >= 64 && length <= 1024 && length % 16 === 0 && decodeBase64(iv)?.length === 16
}

function tryKey(read: () => WechatPhone): WechatPhone | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof OpenDataInvalid) return null
    throw error
  }
}
