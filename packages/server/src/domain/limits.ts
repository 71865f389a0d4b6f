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
  /** How long a page that makes no nonce may repeat a code: as long as WeChat lets a code live. */
  repeatedCode: 5 * minute,
  /** How long a ciphertext is remembered: WeChat vouches for one for three days (checkEncryptedData). */
  spentOpenData: 3 * day,
  /** An attempt that was not settled within this time died with its process. */
  attemptStale: 15 * second,
  /** How long the former session_key may still open ciphertexts after a login brought a new one. */
  formerKey: 10 * minute,
  /** A one-time code sent by SMS. */
  smsCode: 5 * minute,
  /** Between two messages of one user to one number. */
  smsResend: minute,
  /** What {@link SmsLimits} count in. */
  smsBudget: day,
  /** How long a message is remembered: retries within it get the first answer again. */
  sentSms: day,
  /** Between the time that a pushed message tells and ours, to either side: an older one may be a copy. */
  pushWindow: 5 * minute,
  /** How long a worker has a job to itself; when it dies, another takes over then. */
  jobLease: minute,
  /** Before a job that failed is tried again: this long, then twice as long, and so on up to the longest. */
  jobPause: minute,
  jobLongestPause: 60 * minute,
  /** How long a job that was done is remembered, so that a late copy of its event does nothing. */
  doneJob: 30 * day,
  /** How long WeChat lets a code of `wx.login` live. */
  wechatCode: 5 * minute,
  /** Between two reports of where the audit log stands. */
  auditAnchor: day,
  /** A code with which another account of the same person may be merged. */
  mergeCode: 5 * minute,
  /** How long a merge can be undone, unless the server is told otherwise. */
  undoMerge: 7 * day,
  /** A session of the console that nobody uses, and one however busy: AAL2 of NIST SP 800-63B-4 (30 minutes, 12 hours). */
  operatorIdle: 30 * minute,
  operatorAbsolute: 12 * 60 * minute,
  /** How old the proof may be with which an operator does what cannot be undone (ASVS 5.0, 7.5.3). */
  operatorProof: 5 * minute,
  /** How exactly it is remembered when an operator was last seen; a write for every request would buy nothing. */
  operatorSeen: minute,
  /** A link with which an operator joins. */
  invitation: 60 * minute,
  /** What a passkey signs, and an authenticator that is being set up. */
  operatorChallenge: 10 * minute,
  /** How long counts and times are kept by the day, and by the hour. */
  tally: 400 * day,
  hourTally: 35 * day,
  /** How long a second operator has to decide on an export of full numbers. */
  exportDecision: day,
  /** How long an export can be downloaded once it may be. */
  exportDownload: 60 * minute,
  /** How long it is listed after that; the audit log keeps every step of it. */
  exportListed: 400 * day,
  /** How long the story of a request that failed is kept, and of one that did not. */
  failedTrace: 7 * day,
  fineTrace: day,
  /** Tolerated between two clocks. */
  clockSkew: 5 * minute,
} as const

/**
 * Live sessions that a user is shown, the newest. More are not ended: that would cost every login a question, or the
 * sweeper a look at all sessions; `logout/all` ends those that are not shown too.
 */
export const listedSessions = 100

/** Sessions of an erased user that are told of one by one. */
export const mostSessions = 1000

/** Rows of one page of a list for operators, at most. */
export const listedRows = 100

/** How often an export can be downloaded: once, and again where the first was cut off. */
export const exportDownloads = 3

/** Rows of an export that are read from the store at once. */
export const exportedRows = 100

/** Lines of the audit log that one request of an operator checks, at most. */
export const checkedLines = 5000

/** Numbers that one operator reads in plain: enough for support, too few to carry a user base away. */
export const reveals = { requests: 30, windowMs: 60 * minute } as const

/** Checks of one app at WeChat, and test pushes: for people who try a setting. */
export const appChecks = { requests: 10, windowMs: 10 * minute } as const

/** Wrong tokens, keys and codes of operators from one address. */
export const operatorFailures = { requests: 10, windowMs: 15 * minute } as const

/** Wrong codes of an authenticator whose sign-in key was right, so that nobody else can use them up. */
export const authenticatorFailures = { requests: 5, windowMs: 15 * minute } as const

/** Recovery codes that an operator gets at once. */
export const recoveryCodes = 10

/** Failed decryptions after which a session_key is erased: starves a padding oracle. */
export const keyFailures = 5

/** Wrong one-time codes after which the right one is refused as well: a guess of five in a million. */
export const wrongSmsCodes = 5

/**
 * Consents that one user gives within a day, and as many that they withdraw, so that neither uses up the other: each
 * is a line that is kept for ever.
 */
export const consentLines = { requests: 50, windowMs: day } as const

/** Messages within 24 hours from the first, whoever pays for them. */
export interface SmsLimits {
  /** To one number, whoever asks: nobody can be flooded. Default 10. */
  readonly perNumber: number
  /** Of one user, to whatever numbers: one user can neither flood nor use up many numbers. Default 10. */
  readonly perUser: number
  /** From one address; carriers put many people behind one. Not counted when the address is unknown. Default 200. */
  readonly perIp: number
  /** Of one mini program: the ceiling of what a day can cost. Default 1000. */
  readonly perApp: number
}

export const defaultSmsLimits: SmsLimits = { perNumber: 10, perUser: 10, perIp: 200, perApp: 1000 }
