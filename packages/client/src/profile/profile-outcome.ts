import type { Sentence, User } from '@weapp-auth/protocol/contract'
import type { FailureReason } from '@weapp-auth/protocol/identify-failure'
import { later, type NoSession, type Refusal, type Undecided } from '../beside.ts'

/** What becomes of the user's part of it, beside the reasons of WeChat. */
type Refused = 'placeholder' | 'rejected' | 'not-reviewed' | 'tap-again' | 'consent-needed'

/**
 * What came of an avatar, a nickname or an old payload.
 * - `saved`: the server has it; `unchanged`: it had it already;
 * - `typed`: the user is still at it, or WeChat is still checking; nothing was sent;
 * - `placeholder`: "微信用户" or what is like it; nothing was overwritten;
 * - `rejected`: WeChat's check or the server does not take this text or picture, or the field is empty;
 * - `not-reviewed`: WeChat's check did not end in time;
 * - `tap-again`: the payload cannot be opened any more; only a new one helps;
 * - `consent-needed`: the server wants the agreement to its text first;
 * - `unavailable`: not decided yet. `retry()` sends the very same thing again;
 * - the others: WeChat gave nothing, for the reason named, or there is no session. Unknown reasons are `failed`.
 */
export type ProfileOutcome =
  | { readonly status: 'saved' | 'unchanged'; readonly user: User }
  | { readonly status: 'typed' }
  | Refusal<Refused | FailureReason>
  | NoSession
  | Undecided<ProfileOutcome>

const notGiven: Sentence = { zh: '没有选择，原有资料不变。', en: 'Nothing was chosen, nothing was changed.' }
const notHere: Sentence = { zh: '暂时无法获取，请手动填写。', en: 'This cannot be asked for. Please fill it in.' }
const onceMore: Sentence = { zh: '没有成功，请再试一次。', en: 'That did not work. Please try again.' }

const sentences: { readonly [Status in Refused | FailureReason]?: Sentence } = {
  placeholder: {
    zh: '这是微信的默认资料，请填写你自己的。',
    en: "That is WeChat's default. Please give your own.",
  },
  rejected: { zh: '没有通过检查，请换一个。', en: 'This was not accepted. Please take another.' },
  'not-reviewed': { zh: '昵称还没有检查完，请再试一次。', en: 'The name was not checked in time. Please try again.' },
  'consent-needed': { zh: '请先同意相关条款。', en: 'Please agree to the terms first.' },
  'privacy-not-agreed': { zh: '请先同意隐私保护指引。', en: 'Please agree to the privacy guideline first.' },
  declined: notGiven,
  cancelled: notGiven,
  'not-permitted': notHere,
  'privacy-not-declared': notHere,
  'privacy-banned': notHere,
  failed: later,
}

/** Makes a refusal with its sentence. */
export function refusal<Status extends keyof typeof sentences>(status: Status, detail: string): Refusal<Status>
export function refusal(status: keyof typeof sentences, detail: string) {
  return { status, message: sentences[status] || onceMore, detail }
}
