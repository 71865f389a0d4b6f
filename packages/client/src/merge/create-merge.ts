/**
 * Two accounts of one person become one: the account that goes makes a code, the one that stays looks, and takes it.
 *
 * @module
 */

import type {
  Merge,
  MergeAnswer,
  MergeCodeAnswer,
  MergePreviewAnswer,
  MergesAnswer,
  Sentence,
  User,
} from '@weapp-auth/protocol/contract'
import { later, type NoSession, type Refusal, readVerdict, type Undecided } from '../beside.ts'
import type { Auth } from '../index.ts'

export interface MergeOptions {
  readonly auth: Auth
}

/** `limited`: too often; without a session or an answer as everywhere. */
export type MergeCodeOutcome =
  | {
      readonly status: 'made'
      /** For the other account; it works once. */
      readonly code: string
      /** Milliseconds until it expires. */
      readonly expiresInMs: number
    }
  | Refusal<'limited'>
  | Undecided<MergeCodeOutcome>
  | NoSession

/**
 * - `expired`: over, used, or its account logged out: make a new one;
 * - `self`: the code is of this very account.
 */
type WrongCode = Refusal<'expired' | 'self'>

export type MergePreviewOutcome =
  | ({ readonly status: 'shown' } & MergePreviewAnswer)
  | WrongCode
  | Refusal<'limited'>
  | Undecided<MergePreviewOutcome>
  | NoSession

export type MergeOutcome =
  | { readonly status: 'merged'; readonly merge: Merge; readonly user: User }
  | WrongCode
  | Refusal<'limited'>
  | Undecided<MergeOutcome>
  | NoSession

export type MergesOutcome =
  | { readonly status: 'listed'; readonly merges: readonly Merge[] }
  | Refusal<'limited'>
  | Undecided<MergesOutcome>
  | NoSession

/**
 * - `late`: its time is over, or what it takes was erased;
 * - `conflict`: something changed since that cannot be taken apart; `detail` names it;
 * - `unknown`: no merge of this account.
 */
export type MergeUndoOutcome =
  | { readonly status: 'undone'; readonly merge: Merge; readonly user: User }
  | Refusal<'late' | 'conflict' | 'unknown'>
  | Refusal<'limited'>
  | Undecided<MergeUndoOutcome>
  | NoSession

/** All methods settle with a value and none rejects. */
export interface Merging {
  /**
   * In the account that goes: a code for the other one. Shown to its owner only, who holds both.
   *
   * @example
   * const outcome = await merging.code()
   * if (outcome.status === 'made') show(outcome.code)
   */
  code(): Promise<MergeCodeOutcome>
  /** In the account that stays: what both have, and which of it only one can keep (the one that stays). Changes nothing. */
  preview(code: string): Promise<MergePreviewOutcome>
  /**
   * In the account that stays: merges. Asked again with the same code, it is the same merge.
   *
   * @example
   * const outcome = await merging.merge(code)
   * if (outcome.status === 'merged') show(outcome.merge.undoUntil)
   */
  merge(code: string): Promise<MergeOutcome>
  /** The merges of this account, the newest first. */
  list(): Promise<MergesOutcome>
  /** Makes two accounts of them again, until `undoUntil`. */
  undo(mergeId: string): Promise<MergeUndoOutcome>
}

const sentences = {
  expired: { zh: '合并码已失效，请在另一个账号里重新获取。', en: 'The code has expired. Please make a new one.' },
  self: { zh: '这是当前账号自己的合并码。', en: 'This code is of this very account.' },
  late: { zh: '已超过可以撤销的期限。', en: 'It is too late to undo this.' },
  conflict: { zh: '合并后资料已改变，无法撤销。', en: 'Something has changed since, so it cannot be undone.' },
  unknown: { zh: '没有这次合并。', en: 'There is no such merge.' },
  limited: { zh: '操作太频繁，请稍后再试。', en: 'Too often. Please try again later.' },
  failed: later,
} as const satisfies Readonly<Record<string, Sentence>>

/** By the server's code. */
const refusals = {
  merge_code_invalid: 'expired',
  merge_self: 'self',
  merge_undo_late: 'late',
  merge_undo_conflict: 'conflict',
  merge_unknown: 'unknown',
} as const

/**
 * @example
 * export const merging = createMerge({ auth })
 */
export function createMerge({ auth }: MergeOptions): Merging {
  const { platform } = auth.core
  /** A code keeps its nonce, so that a lost answer is repeated and nothing is merged twice. */
  const nonces: Record<string, Promise<string>> = {}

  /** Asks one route; `read` makes the outcome of its answer. */
  function ask<Answer, Outcome>(
    url: string,
    body: object | null,
    mark: keyof Answer & string,
    read: (answer: Answer) => Outcome,
  ): Promise<Outcome> {
    const sent = auth.request(body ? { url, method: 'POST', body } : { url })
    return sent.then(sent => {
      const verdict = readVerdict<Answer, Outcome>(sent, mark, () => ask(url, body, mark, read))
      if (verdict.status === 'granted') return read(verdict.answer)
      if (verdict.status !== 'refused') return verdict as Outcome
      const { code, detail } = verdict
      const status = /_limited$/.test(code) ? 'limited' : refusals[code as keyof typeof refusals] || 'failed'
      return { status, message: sentences[status], detail } as Outcome
    })
  }

  function merged<Status extends string>(status: Status) {
    return ({ merge, user }: MergeAnswer) => {
      auth.core.learn(user)
      return { status, merge, user }
    }
  }

  return {
    code: () =>
      ask<MergeCodeAnswer, MergeCodeOutcome>('/v1/me/merge/code', {}, 'code', ({ code, expiresIn }) => ({
        status: 'made',
        code,
        expiresInMs: expiresIn * 1000,
      })),
    preview: code =>
      ask<MergePreviewAnswer, MergePreviewOutcome>('/v1/me/merge/preview', { code }, 'survivor', answer =>
        Object.assign({ status: 'shown' as const }, answer),
      ),
    merge(code) {
      const nonce = nonces[code] || platform.randomHex()
      nonces[code] = nonce
      return nonce.then(nonce =>
        ask<MergeAnswer, MergeOutcome>('/v1/me/merge', { code, nonce }, 'merge', merged('merged')),
      )
    },
    list: () =>
      ask<MergesAnswer, MergesOutcome>('/v1/me/merge', null, 'merges', ({ merges }) => ({ status: 'listed', merges })),
    undo: mergeId => ask<MergeAnswer, MergeUndoOutcome>('/v1/me/merge/undo', { mergeId }, 'merge', merged('undone')),
  }
}
