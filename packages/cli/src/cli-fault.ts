import type { Sentence } from '@weapp-auth/protocol/contract'
import { type ExitCode, exitCodes } from './exit-codes.ts'

/**
 * Why a command cannot go on, in both languages. Holds no secret: it is printed.
 *
 * @example
 * throw new CliFault('config', { zh: '请设置 PORT。', en: 'Set PORT.' })
 */
export class CliFault extends Error {
  override readonly name = 'CliFault'
  readonly exit: ExitCode
  readonly sentence: Sentence

  constructor(exit: ExitCode, sentence: Sentence, cause?: unknown) {
    super(sentence.en, { cause })
    this.exit = exit
    this.sentence = sentence
  }

  /** What the process ends with. */
  get code(): number {
    return exitCodes[this.exit].code
  }
}
