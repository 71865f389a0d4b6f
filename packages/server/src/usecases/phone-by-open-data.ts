import type { PhoneAnswer } from '@weapp-auth/protocol/contract'
import { decryptOpenData, readPhone } from '@weapp-auth/protocol/wechat'
import { limits } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { digest, hex } from '../keys/digest.ts'
import type { Clock } from '../ports/clock.ts'
import type { Claim, Store } from '../ports/store.ts'
import { decryptNothing } from './decrypt-nothing.ts'
import { isCiphertext, type OnDesk, type OpenDataDesk } from './open-data-desk.ts'
import type { PhoneBook } from './phone-book.ts'
import { createSingleFlight } from './single-flight.ts'

export interface PhoneByOpenDataTools {
  readonly store: Store
  readonly openDataDesk: OpenDataDesk
  readonly phoneBook: PhoneBook
  readonly clock: Clock
}

interface PhoneByOpenDataInput extends OnDesk {
  readonly encryptedData: string
  readonly iv: string
  readonly nonce: string
  /** A code of the same tap that this number settles too. */
  readonly alsoSettles: readonly Claim[]
}

export type PhoneByOpenData = (input: PhoneByOpenDataInput) => Promise<PhoneAnswer>

const mostBytes = 1024

/**
 * The encryptedData way, for base libraries that give no code. AES-CBC carries no proof of who made a ciphertext, so
 * the order matters: sizes, used before or not, the login and its key, WeChat's own confirmation, and only then
 * decryption and every check of its content. Whatever is wrong with a ciphertext, the answer is the same
 * `phone_data_invalid` after the same work, and a session_key under which five attempts failed is erased.
 *
 * A ciphertext is spent by the step that records its number: one that is refused stays usable, because it may be right
 * under the next login's key.
 */
export function createPhoneByOpenData({
  store,
  openDataDesk,
  phoneBook,
  clock,
}: PhoneByOpenDataTools): PhoneByOpenData {
  const fly = createSingleFlight<PhoneAnswer>()

  return async function phoneByOpenData(input) {
    const { session, encryptedData, iv, nonce } = input
    if (!isCiphertext(encryptedData, iv, mostBytes)) throw invalid()
    const { appId, userId } = session
    const askedAt = clock.now()
    const claim: Claim = {
      kind: 'open-data',
      appId,
      hash: digest('open-data', appId, encryptedData),
      attempt: digest('phone', userId, nonce),
      until: clock.now() + limits.spentOpenData,
    }
    const start = () => openDataDesk.inTurn(session, () => settle(claim, askedAt, input))
    return fly({ key: hex(claim.hash), attempt: hex(claim.attempt), start, late: invalid })
  }

  async function settle(claim: Claim, askedAt: number, input: PhoneByOpenDataInput): Promise<PhoneAnswer> {
    const before = await store.findSpent(claim)
    if (before) return phoneBook.repeat(input.session, before, invalid)
    const { session, encryptedData, iv, requestId, alsoSettles: claims } = input
    const owner = await phoneBook.openOwner(session.userId)
    const keys = await openDataDesk.keysOf(input, owner.key)
    const doubt = await openDataDesk.doubtOf(input, invalid)
    if (doubt !== null) throw doubt
    const check = { appId: session.appId, now: clock.now() }
    const read = (sessionKey: string) => readPhone(decryptOpenData({ sessionKey, encryptedData, iv }), check)
    const phone = await openDataDesk.read(input, keys, read, invalid)
    return phoneBook.record({ session, askedAt, phone, source: 'open-data', claims, spends: claim, owner, requestId })
  }
}

/** Every refusal of a ciphertext: one code, one length, one amount of work. */
function invalid(): ProblemError {
  decryptNothing()
  return new ProblemError('phone_data_invalid')
}
