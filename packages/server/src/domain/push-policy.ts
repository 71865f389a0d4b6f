/** How WeChat pushes events to the server: what you entered at WeChat under 消息推送. */
export interface PushPolicy {
  /** 3 to 32 letters and digits. A secret. */
  readonly token: string
  /**
   * 43 characters of `A-Z a-z 0-9 + /`. A secret. With it only encrypted messages are taken (安全模式 or 兼容模式), without
   * it only plain ones (明文模式), whose signature does not cover what they say: have a key.
   */
  readonly encodingAesKey?: string
  /**
   * From the arrival of an event to the erasure, 0 to 7 days in milliseconds. Default 10 minutes: longer than any code or
   * ciphertext that was on its way when the event happened may live, and time to stop what should not be.
   */
  readonly delayMs?: number
}

/** A push policy with its defaults filled in. */
export interface Push extends Required<Omit<PushPolicy, 'encodingAesKey'>> {
  readonly encodingAesKey: string | null
}

const minute = 60_000
const week = 7 * 24 * 60 * minute

/**
 * Checks a push policy and fills in its defaults; `null` when there is none. A secret is never repeated.
 *
 * @throws TypeError `"<at>.token" must be …`.
 *
 * @example
 * readPushPolicy({ token: 'AAAAA' }, 'apps[0].push')?.delayMs // 600000
 */
export function readPushPolicy(policy: PushPolicy | undefined, at: string): Push | null {
  if (policy === undefined) return null
  const { token, encodingAesKey = null, delayMs = 10 * minute } = policy
  if (typeof token !== 'string' || !/^[A-Za-z0-9]{3,32}$/.test(token))
    throw new TypeError(`"${at}.token" must be 3 to 32 letters and digits`)
  if (encodingAesKey !== null && !(typeof encodingAesKey === 'string' && /^[A-Za-z0-9+/]{43}$/.test(encodingAesKey)))
    throw new TypeError(`"${at}.encodingAesKey" must be 43 characters of A-Z a-z 0-9 + /`)
  if (!Number.isSafeInteger(delayMs) || delayMs < 0 || delayMs > week)
    throw new TypeError(`"${at}.delayMs" must be a whole number from 0 to ${week}`)
  return { token, encodingAesKey, delayMs }
}
