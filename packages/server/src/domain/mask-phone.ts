/**
 * A phone number as it may be shown: of ten digits and more the first three and the last two, else the first two and
 * the last two (WeChat, 安全指引). Numbers too short to hide anything are hidden whole. The country code is left out.
 *
 * @example
 * maskPhone({ number: '+8613800138000', countryCode: '86' }) // '138******00'
 */
export function maskPhone({ number, countryCode }: { readonly number: string; readonly countryCode: string }): string {
  const national = number.slice(1 + countryCode.length)
  const head = national.length >= 10 ? 3 : 2
  if (national.length <= head + 2) return '*'.repeat(national.length)
  return national.slice(0, head) + '*'.repeat(national.length - head - 2) + national.slice(-2)
}
