import type { Listed } from './answers.ts'
import type { ProblemCode } from './codes.ts'
import type { Sentence } from './sentence.ts'

export interface TraceRequest {
  /**
   * What somebody was shown: a request id (`x-request-id`), a rid or a whole errmsg of WeChat, an errcode, the errMsg of a phone,
   * a code of ours, or a problem as JSON. 1 to 4000 characters.
   */
  readonly text: string
}

/** What was found in a text; `null` for what is not in it. */
export interface Recognised {
  readonly requestId: string | null
  readonly rid: string | null
  readonly errcode: number | null
  /** A code of our own table. */
  readonly code: ProblemCode | null
  /** A failure of the phone, such as `getPhoneNumber` and `not-permitted`. */
  readonly failure: { readonly api: string; readonly reason: string } | null
}

/** Why, and what to do about it: `Explanation` of `explain`. */
export interface TraceExplanation {
  readonly kind: 'errcode' | 'errno' | 'errMsg' | 'rid' | 'problem'
  /** Such as `errcode 40163`, `code_consumed`, `getPhoneNumber:fail no permission`. */
  readonly subject: string
  readonly who: 'user' | 'developer' | 'operator' | 'wechat'
  readonly meaning: Sentence
  readonly fix: Sentence
}

export interface TraceStoryStep {
  readonly at: string
  /** Milliseconds since the request came. */
  readonly afterMs: number
  /** Name of a server event, `wechat`, or `answer` for the last one. */
  readonly type: string
  readonly outcome: 'fine' | 'failed'
  readonly text: Sentence
  readonly facts: Readonly<Record<string, string | number | boolean>>
}

/** What came of one request, step by step. */
export interface TraceStory {
  readonly id: string
  readonly requestId: string
  readonly at: string
  readonly tookMs: number
  readonly appId: string | null
  readonly userId: string | null
  readonly method: string
  readonly route: string
  readonly status: number
  readonly code: string | null
  /** WeChat's, of its last refusal. */
  readonly errcode: number | null
  readonly rid: string | null
  readonly steps: readonly TraceStoryStep[]
  readonly explanations: readonly TraceExplanation[]
}

export interface TraceAnswer {
  readonly recognised: Recognised
  /** Of what was pasted itself. */
  readonly explanations: readonly TraceExplanation[]
  /** The newest first, at most ten. */
  readonly stories: readonly TraceStory[]
  /** Which requests are kept at all. */
  readonly keeping: 'on' | 'failures' | 'off'
  /** Where a phone simulator stands beside this server, such as `/phone/`; `null`: there is none. */
  readonly simulator: string | null
}

/** The newest first. */
export interface TracesAnswer extends Listed {
  readonly stories: readonly TraceStory[]
  readonly keeping: 'on' | 'failures' | 'off'
  readonly simulator: string | null
}
