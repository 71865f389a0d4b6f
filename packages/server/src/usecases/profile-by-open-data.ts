import type { ProfileOpenDataAnswer, ProfileOpenDataRequest } from '@weapp-auth/protocol/contract'
import {
  decryptOpenData,
  OpenDataInvalid,
  parseStrictJson,
  readUserInfo,
  verifyRawDataSignature,
} from '@weapp-auth/protocol/wechat'
import type { Apps } from '../domain/app-policy.ts'
import { limits } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { digest } from '../keys/digest.ts'
import type { Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Claim, Store } from '../ports/store.ts'
import { decryptNothing } from './decrypt-nothing.ts'
import { isCiphertext, type OnDesk, type OpenDataDesk } from './open-data-desk.ts'
import { nicknamePlace, type OpenUser } from './open-user.ts'
import { tidyNickname } from './read-nickname.ts'
import type { RequireConsent } from './require-consent.ts'
import type { TellUnionIdConflict } from './tell-union-id-conflict.ts'

export interface ProfileByOpenDataTools {
  readonly apps: Apps
  readonly store: Store
  readonly vault: Vault
  readonly openDataDesk: OpenDataDesk
  readonly requireConsent: RequireConsent
  readonly openUser: OpenUser
  readonly clock: Clock
  readonly tell: Observe
  readonly tellUnionIdConflict: TellUnionIdConflict
}

type ProfileByOpenDataInput = OnDesk & ProfileOpenDataRequest

interface Asked extends ProfileByOpenDataInput {
  /** When the request came: what the user withdraws meanwhile counts. */
  readonly askedAt: number
}

export type ProfileByOpenData = (input: ProfileByOpenDataInput) => Promise<ProfileOpenDataAnswer>

/** What counts of a payload. */
interface Believed {
  readonly nickname: string
  /** `null` when there is none, or when nobody vouches for it. */
  readonly unionId: string | null
}

/** A profile has about 400 bytes; its picture's address may be long. */
const mostBytes = 2048

/**
 * Payloads of `wx.getUserInfo` and `wx.getUserProfile`, which old front ends still send. Most of them say "微信用户"
 * today; such a one changes nothing.
 *
 * The signature of `rawData` proves who made it, which a ciphertext cannot; WeChat vouches for ciphertexts of phones
 * only. So with `enforce` the signed text counts and the ciphertext beside it does not, and a ciphertext alone counts
 * when WeChat does vouch. With `monitor` and `unchecked` whatever is there must fit: signature, watermark, openid, and
 * one nickname in both. A unionid joins accounts, so it is taken from a believed ciphertext only.
 *
 * All else is as with a phone: one refusal for every cause, five failures, and what was used does not count again.
 */
export function createProfileByOpenData(tools: ProfileByOpenDataTools): ProfileByOpenData {
  const { apps, store, vault, openDataDesk, requireConsent, openUser, clock, tell, tellUnionIdConflict } = tools

  return async function profileByOpenData(input) {
    const { session, encryptedData, iv, rawData = '', signature = '' } = input
    const { appId, userId } = session
    const askedAt = clock.now()
    if ((apps.get(appId)?.openData ?? 'off') === 'off') throw new ProblemError('open_data_off')
    await requireConsent(session, 'profile')
    if (encryptedData !== undefined && !isCiphertext(encryptedData, iv ?? '', mostBytes)) throw invalid()
    const hash =
      encryptedData === undefined || isBySignature(input)
        ? digest('raw-data', appId, rawData, signature)
        : digest('open-data', appId, encryptedData)
    const claim: Claim = {
      kind: 'open-data',
      appId,
      hash,
      // Nothing is paid for and the outcome is the same, so whatever this user sends again is the same attempt.
      attempt: digest('profile', userId),
      until: askedAt + limits.spentOpenData,
    }
    return openDataDesk.inTurn(session, () => settle(claim, { ...input, askedAt }))
  }

  /** Then the ciphertext beside it counts for nothing, so it does not name what was used either. */
  function isBySignature({ session, rawData, signature }: ProfileByOpenDataInput): boolean {
    return rawData !== undefined && signature !== undefined && apps.get(session.appId)?.openData === 'enforce'
  }

  async function settle(claim: Claim, input: Asked): Promise<ProfileOpenDataAnswer> {
    const found = await store.claim(claim, clock.now(), limits.attemptStale)
    if (found.status === 'recognised') return answer(input, found.recognised)
    if (found.status === 'pending') throw new ProblemError('attempt_pending', { retryAfterMs: 1000 })
    if (found.status !== 'claimed') throw invalid()
    try {
      return await record(claim, input, await believe(input))
    } catch (error) {
      await store.release(claim).catch(() => {})
      throw error
    }
  }

  async function believe(input: ProfileByOpenDataInput): Promise<Believed> {
    const { session, encryptedData, iv, rawData, signature } = input
    const { appId, openId } = session
    const keys = await openDataDesk.keysOf(input)
    const signed = rawData !== undefined && signature !== undefined ? { rawData, signature } : null
    const sealed =
      encryptedData !== undefined && iv !== undefined && !isBySignature(input) ? { encryptedData, iv } : null
    const doubt = sealed && (await openDataDesk.doubtOf({ ...input, ...sealed }, invalid))
    if (doubt !== null) throw doubt

    const check = { appId, now: clock.now() }
    const read = (sessionKey: string): Believed => {
      const info = sealed && readUserInfo(decryptOpenData({ sessionKey, ...sealed }), check)
      const name = signed && signedNickname({ sessionKey, ...signed })
      const nickname = info?.nickname ?? name
      const differs = info && name !== null && info.nickname !== name
      const foreign = info && info.openId !== null && info.openId !== openId
      if (nickname === null || differs || foreign) throw new OpenDataInvalid()
      return { nickname, unionId: info?.unionId ?? null }
    }
    return openDataDesk.read(input, keys, read, invalid)
  }

  async function record(claim: Claim, input: Asked, { nickname, unionId }: Believed): Promise<ProfileOpenDataAnswer> {
    const { appId, openId, userId } = input.session
    const other = unionId === null ? null : await store.linkUnionId({ appId, openId, userId, unionId })
    if (other !== null) await tellUnionIdConflict({ requestId: input.requestId, appId, userId, otherUserId: other })
    const name = tidyNickname(nickname)
    const recognised = name === null ? 'anonymous' : 'real'
    const user = await store.findUser(userId)
    if (!user) throw new ProblemError('token_invalid')
    const outcome = await store.recordProfile({
      now: clock.now(),
      askedAt: input.askedAt,
      userId,
      ...(name !== null && { sealedNickname: vault.openUserKey(user).seal(name, nicknamePlace(userId)) }),
      settles: { claim, recognised },
    })
    if (outcome.status === 'user-gone') throw new ProblemError('token_invalid')
    if (outcome.status === 'withdrawn') throw new ProblemError('consent_required', { field: 'profile' })
    const { requestId } = input
    if (name !== null) tell({ type: 'profile-recorded', requestId, appId, userId, field: 'nickname', cleared: false })
    return answer(input, recognised)
  }

  async function answer(
    { session }: OnDesk,
    recognised: ProfileOpenDataAnswer['recognised'],
  ): Promise<ProfileOpenDataAnswer> {
    const account = await store.findAccount(session.userId)
    if (!account) throw new ProblemError('token_invalid')
    return { user: openUser(account), recognised }
  }
}

/** The nickname in a text that WeChat signed. Throws OpenDataInvalid. */
function signedNickname(input: {
  readonly rawData: string
  readonly signature: string
  readonly sessionKey: string
}): string {
  const value = verifyRawDataSignature(input) ? parse(input.rawData) : null
  const nickname = typeof value === 'object' && value !== null && 'nickName' in value ? value.nickName : null
  if (typeof nickname !== 'string') throw new OpenDataInvalid()
  return nickname
}

function parse(text: string): unknown {
  try {
    return parseStrictJson(text)
  } catch {
    return null
  }
}

function invalid(): ProblemError {
  decryptNothing()
  return new ProblemError('profile_data_invalid')
}
