import { problemCodes, type Sentence } from '@weapp-auth/protocol/contract'

interface Refusal {
  readonly message: Sentence
  readonly fix: Sentence
}

/**
 * What a count of the funnel is about: `code_invalid`, or a way and a code as in `phone-code phone_code_invalid`.
 *
 * @example
 * refusalOf('phone-code phone_code_invalid').fix.en
 */
export function refusalOf(name: string): Refusal {
  const code = name.split(' ').at(-1) ?? name
  const known: Readonly<Record<string, Refusal>> = problemCodes
  return known[code] ?? { message: { zh: code, en: code }, fix: { zh: '', en: '' } }
}
