import type { Phone, Sentence, User } from '@weapp-auth/protocol/contract'
import type { FailureReason } from '@weapp-auth/protocol/identify-failure'

const onceMore: Sentence = { zh: '没有成功，请再点一次。', en: 'That did not work. Please tap again.' }
const atAnyTime: Sentence = { zh: '没有授权。需要时可以再点。', en: 'Not shared. Tap again whenever you like.' }
const notHere: Sentence = {
  zh: '暂时无法获取手机号，请换用其他方式。',
  en: 'Your number cannot be asked for. Please use another way.',
}
const later: Sentence = { zh: '暂时不可用，请稍后再试。', en: 'Not available right now. Please try again later.' }

/** What the user may read; for all ways to fail that are not here: once more. */
const sentences: { readonly [Status in FailureReason | Repairs]?: Sentence } = {
  declined: atAnyTime,
  cancelled: atAnyTime,
  'not-permitted': notHere,
  'privacy-not-agreed': {
    zh: '请先同意隐私保护指引，再点一次。',
    en: 'Please agree to the privacy guideline, then tap again.',
  },
  'privacy-not-declared': notHere,
  'privacy-banned': notHere,
  'quota-exhausted': notHere,
  taken: { zh: '这个手机号已属于另一个账号。', en: 'This number belongs to another account.' },
  unavailable: later,
  blocked: { zh: '暂时无法登录，请联系客服。', en: 'You cannot log in. Please contact support.' },
  'logged-out': { zh: '你已退出登录。', en: 'You are logged out.' },
  failed: later,
}

type Repairs = 'tap-again' | 'taken' | 'unavailable' | 'blocked' | 'logged-out'

/** Something that did not come about, and why. */
export type Failure<Status extends FailureReason | Repairs> = Status extends string
  ? {
      readonly status: Status
      /** Ready to be shown to the user. */
      readonly message: Sentence
      /** What happened, for the developer: in English, without any secret, not meant for users. */
      readonly detail: string
    }
  : never

/**
 * Why there is no session:
 * - `unavailable`: network or server; trying again later helps, and the next show of the app does so by itself;
 * - `blocked`: WeChat refuses this user (errcode 40226);
 * - `logged-out`: `logout()` was called, and `login()` not since;
 * - `failed`: a mistake of the app or its server, `detail` names it.
 */
export type LoginFailure = Failure<'unavailable' | 'blocked' | 'logged-out' | 'failed'>

/** `user` is null when a stored session is used and the server was not asked yet: that costs no request at launch. */
export type LoginOutcome = { readonly status: 'ready'; readonly user: User | null } | LoginFailure

export type UserOutcome = { readonly status: 'ready'; readonly user: User } | LoginFailure

/**
 * What came of one tap on the phone button.
 * - `bound`, `replaced`, `unchanged`: the server holds the number;
 * - `tap-again`: the user agreed, but this tap's proof is of no use any more; only a new tap helps;
 * - `taken`: the number belongs to another account, and the server does not allow that;
 * - `unavailable`: not decided yet. `retry()` sends the very same proof again, without a new tap and without paying twice;
 * - the others: WeChat gave no number, for the reason named (see `FailureReason`). Unknown reasons are `failed`.
 */
export type PhoneOutcome =
  | { readonly status: 'bound' | 'replaced' | 'unchanged'; readonly phone: Phone }
  | Failure<FailureReason | 'tap-again' | 'taken' | 'blocked' | 'logged-out'>
  | (Failure<'unavailable'> & { retry(): Promise<PhoneOutcome> })

/** Makes a failure with its sentence. */
export function failure<Status extends FailureReason | Repairs>(status: Status, detail: string): Failure<Status>
export function failure(status: FailureReason | Repairs, detail: string) {
  return { status, message: sentences[status] || onceMore, detail }
}

export const loggedOut = failure('logged-out', 'logout() was called')
