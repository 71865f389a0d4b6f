/**
 * What a page tells the person, whatever its wording is:
 * - `done`: the number is bound; `tap-again`: it did not work, tap again; `unavailable`: network or server, later;
 * - `declined`: you did not allow it; `cancelled`: you closed it; `not-shared`: no number came, whoever's doing that was;
 * - `tapped-twice`: you tapped several times; `privacy`: agree to the guideline first.
 */
export type Word =
  | 'done'
  | 'tap-again'
  | 'unavailable'
  | 'declined'
  | 'cancelled'
  | 'not-shared'
  | 'tapped-twice'
  | 'privacy'

/** What really happened at a tap. */
export interface Truth {
  readonly answer: 'agreed' | 'deny' | 'cancel' | 'privacy-refused'
  readonly tappedTwice: boolean
  /** Whether the server holds the right number by now. */
  readonly bound: boolean
  /** Whether anything on the way failed or was slow since the launch. */
  readonly trouble: boolean
}

/** Whether a page may say that. A sentence that says too little is right; one that says what did not happen is not. */
export function isRight(word: Word, { answer, tappedTwice, bound, trouble }: Truth): boolean {
  switch (word) {
    case 'done':
      return bound
    case 'tap-again':
      return !bound
    case 'unavailable':
      return trouble
    case 'declined':
      return answer === 'deny'
    case 'cancelled':
      return answer === 'cancel'
    case 'not-shared':
      return answer !== 'agreed'
    case 'tapped-twice':
      return tappedTwice
    case 'privacy':
      return answer === 'privacy-refused'
  }
}
