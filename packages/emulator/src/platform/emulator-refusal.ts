import type { Sentence } from '../types.ts'

export type EmulatorRefusalCode =
  | 'invalid-value'
  | 'unknown-person'
  | 'unknown-app'
  | 'unknown-route'
  | 'wrong-content-type'
  | 'no-open-sheet'
  | 'no-push'
  | 'no-secure-mode'
  | 'closed'

/**
 * The emulator was asked for something it cannot do: a bad option, somebody it does not know. WeChat's own refusals are
 * never this; they are answers with an errcode.
 */
export class EmulatorRefusal extends Error {
  override readonly name = 'EmulatorRefusal'
  readonly code: EmulatorRefusalCode
  /** Where the bad value stands, such as `apps[0].appId`; empty when it is not about a field. */
  readonly field: string
  readonly text: Sentence

  constructor(code: EmulatorRefusalCode, field: string, text: Sentence) {
    super(text.en)
    this.code = code
    this.field = field
    this.text = text
  }
}

/** `"field" must be …` in both languages. */
export function invalidValue(field: string, must: Sentence): EmulatorRefusal {
  return new EmulatorRefusal('invalid-value', field, {
    zh: `"${field}" 必须是${must.zh}`,
    en: `"${field}" must be ${must.en}`,
  })
}
