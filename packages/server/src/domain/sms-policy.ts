import { defaultSmsLimits, type SmsLimits } from './limits.ts'

/** One-time codes by SMS, for users who decline the phone button. They cost money for each message. */
export interface SmsPolicy {
  /** Default `off`. `on` needs a provider: `sms` of the server's options. */
  readonly sms?: 'off' | 'on'
  /**
   * Country calling codes that messages are sent to. Default `['86']`: numbers abroad cost many times as much, and
   * flooding them is a business.
   */
  readonly smsCountries?: readonly string[]
  /** Messages a day; what is not named keeps its default. */
  readonly smsLimits?: Partial<SmsLimits>
}

/** A policy with its defaults filled in. */
export interface Sms extends Required<SmsPolicy> {
  readonly smsLimits: SmsLimits
}

/**
 * Checks the policy of one mini program and fills in its defaults.
 *
 * @throws TypeError `"apps[0].sms" must be …`.
 *
 * @example
 * readSmsPolicy({ sms: 'on' }, 'apps[0]').smsCountries // ['86']
 */
export function readSmsPolicy({ sms = 'off', smsCountries = ['86'], smsLimits = {} }: SmsPolicy, at: string): Sms {
  if (sms !== 'off' && sms !== 'on') throw new TypeError(`"${at}.sms" must be off or on`)
  if (!Array.isArray(smsCountries) || smsCountries.length === 0 || !smsCountries.every(isCallingCode))
    throw new TypeError(`"${at}.smsCountries" must be a list of country calling codes such as 86`)
  for (const [name, limit] of Object.entries(smsLimits)) {
    if (!Object.hasOwn(defaultSmsLimits, name)) throw new TypeError(`"${at}.smsLimits.${name}" must not be there`)
    if (!Number.isSafeInteger(limit) || limit < 0)
      throw new TypeError(`"${at}.smsLimits.${name}" must be a whole number, 0 or more`)
  }
  return { sms, smsCountries, smsLimits: { ...defaultSmsLimits, ...smsLimits } }
}

function isCallingCode(code: unknown): boolean {
  return typeof code === 'string' && /^[1-9]\d{0,3}$/.test(code)
}
