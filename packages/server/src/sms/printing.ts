/**
 * A provider of messages for development: it prints them.
 *
 * @module
 */
import { maskPhone } from '../domain/mask-phone.ts'
import { readPhoneNumber } from '../domain/phone-number.ts'
import type { SmsProvider } from '../ports/sms-provider.ts'

/** What would have been sent. It carries the code in clear: for the screen of the developer only. */
export interface PrintedSms {
  readonly type: 'sms-printed'
  readonly requestId: string
  readonly appId: string
  /** The number as it may be shown. */
  readonly masked: string
  readonly code: string
}

export interface PrintingSmsOptions {
  /** Shows the message. */
  readonly print: (sms: PrintedSms) => void
  /** `NODE_ENV` of the process. Default: that of this one. */
  readonly environment?: string | undefined
}

/**
 * Prints each one-time code instead of sending it.
 *
 * @throws TypeError with `NODE_ENV=production`: whoever reads the screen or its log could prove any number.
 *
 * @example
 * const sms = createPrintingSms({ print: ({ masked, code }) => console.log(`SMS to ${masked}: ${code}`) })
 */
export function createPrintingSms({ print, environment = process.env.NODE_ENV }: PrintingSmsOptions): SmsProvider {
  if (environment === 'production')
    throw new TypeError('"sms" must be a real provider with NODE_ENV=production: this one shows the codes')
  return {
    name: 'printing',
    async send({ number, code, app: { appId }, requestId }) {
      const phone = await readPhoneNumber(number)
      if (!phone) return { status: 'number-refused', reason: 'not a mobile number' }
      print({ type: 'sms-printed', requestId, appId, masked: maskPhone(phone), code })
      return { status: 'sent' }
    },
  }
}
