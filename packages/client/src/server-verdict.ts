import type { Sentence } from '@weapp-auth/protocol/contract'
import { type Refused, readRefusal } from './core/ask-server.ts'
import { field } from './core/field.ts'
import type { LoginFailure, RequestOutcome } from './index.ts'

/** Something that did not come about, and why. */
export type Refusal<Status extends string> = Status extends string
  ? {
      readonly status: Status
      /** Ready to be shown to the user. */
      readonly message: Sentence
      /** What happened, for the developer: in English, without any secret, not meant for users. */
      readonly detail: string
    }
  : never

/** The server has not decided, or its answer got lost. */
export interface Undecided<Outcome> extends Refusal<'unavailable'> {
  /** Sends the very same thing again. */
  retry(): Promise<Outcome>
}

/** No session, and why. */
export type NoSession = Exclude<LoginFailure, { readonly status: 'unavailable' }>

/** What our server said to a request. */
export type Verdict<Answer, Outcome> =
  | { readonly status: 'granted'; readonly answer: Answer }
  /** With the whole problem. */
  | (Refused & { readonly problem: unknown })
  | Undecided<Outcome>
  | NoSession

/** For what may come about another time, or never: the user cannot do more. */
export const later: Sentence = {
  zh: '暂时不可用，请稍后再试。',
  en: 'Not available right now. Please try again later.',
}

/** More than this many requests: the server's own word for "later", which only the caller can tell the user. */
const limited = /_limited$/

/**
 * Reads an answer of our server.
 *
 * @param mark A field that every answer of the route has: the page of a proxy is no answer.
 * @param retry Repeats the whole.
 */
export function readVerdict<Answer, Outcome>(
  sent: RequestOutcome,
  mark: keyof Answer & string,
  retry: () => Promise<Outcome>,
): Verdict<Answer, Outcome> {
  if (sent.status === 'unavailable') return Object.assign({ retry }, sent)
  // Nobody here aborts.
  if (sent.status === 'aborted') return { status: 'failed', message: later, detail: sent.status }
  if (sent.status !== 'answered') return sent
  const { status, body } = sent.response
  if (status < 300 && field(body, mark)) return { status: 'granted', answer: body as Answer }
  const refused = readRefusal(sent.response)
  return refused.retry === 'later' && !limited.test(refused.code)
    ? { status: 'unavailable', message: later, detail: refused.detail, retry }
    : Object.assign({ problem: body }, refused)
}
