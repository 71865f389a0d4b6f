import type { EmulatedPhone } from '@weapp-auth/emulator/wx'

/** Countries that the form of the sheet offers, by calling code. */
export const callingCodes = ['86', '852', '853', '886', '65', '60', '81', '1', '44'] as const

/**
 * The number that was typed into the sheet, or `null` when nobody can have it.
 *
 * @param typed Spaces, dashes and brackets are accepted.
 */
export function readPhoneNumber(countryCode: string, typed: string): Required<EmulatedPhone> | null {
  const number = typed.replace(/[\s()-]/g, '')
  const possible = countryCode === '86' ? /^1\d{10}$/ : /^[1-9]\d{4,13}$/
  return possible.test(number) ? { countryCode, number } : null
}
