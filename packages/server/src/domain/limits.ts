const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute

/**
 * How long things live, in milliseconds. `wx.login` is silent, so strict limits cost the user nothing; the absolute
 * limit follows NIST SP 800-63B (re-authenticate at least every 30 days).
 */
export const limits = {
  /** An access token. */
  access: 10 * minute,
  /** A session that nobody refreshes. */
  sessionIdle: 7 * day,
  /** A session, however busy. */
  sessionAbsolute: 30 * day,
  /** How long a spent code is remembered: retries within it get the first answer again. */
  spentCode: day,
  /** How long a ciphertext is remembered: WeChat vouches for one for three days (checkEncryptedData). */
  spentOpenData: 3 * day,
  /** An attempt that was not settled within this time died with its process. */
  attemptStale: 15 * second,
  /** How long the former session_key may still open ciphertexts after a login brought a new one. */
  formerKey: 10 * minute,
  /** Tolerated between two clocks. */
  clockSkew: 5 * minute,
} as const

/** Failed decryptions after which a session_key is erased: starves a padding oracle. */
export const keyFailures = 5
