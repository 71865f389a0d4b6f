/** A phone number in its parts. */
export interface PhoneNumber {
  /** E.164: plus sign, country code, number. */
  readonly number: string
  /** Country calling code without a plus sign, such as `86`. */
  readonly countryCode: string
}

/** Mobile numbers of China have eleven digits, the first of which is 1; new prefixes are handed out all the time. */
const chinese = /^\+861\d{10}$/

/**
 * Reads a number that can receive messages; `null` when there is no such number, or it is no mobile one. Numbers of
 * other countries need tables (30 ms, 3 MB), which the first of them loads.
 *
 * @example
 * await readPhoneNumber('+8613800138000') // { number: '+8613800138000', countryCode: '86' }
 */
export async function readPhoneNumber(text: string): Promise<PhoneNumber | null> {
  if (text.startsWith('+86')) return chinese.test(text) ? { number: text, countryCode: '86' } : null
  const { parsePhoneNumber } = await import('awesome-phonenumber')
  const read = parsePhoneNumber(text)
  // Equal to what was typed: the library also reads spaces, brackets and extensions.
  if (!read.valid || read.number.e164 !== text) return null
  const mobile = read.type === 'mobile' || read.type === 'fixed-line-or-mobile'
  return mobile ? { number: text, countryCode: String(read.countryCode) } : null
}
