import type { SmsOutcome } from '../ports/sms-provider.ts'

/** Nothing was sent: there was nobody to send it to. */
const unreached = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH/

/**
 * What an error of an SDK means. With a code of the API it is an answer; without one nobody knows whether the message
 * was sent, unless no connection came about. The error's own text is not kept: it may quote the number.
 */
export function failureOf(error: unknown, answered: (code: string) => SmsOutcome): SmsOutcome {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  const said = [code, message].find(text => typeof text === 'string' && unreached.test(text))
  if (said !== undefined) return { status: 'unavailable', reason: unreached.exec(String(said))?.[0] ?? '' }
  // Codes of both APIs look like `isv.AMOUNT_NOT_ENOUGH`, `AuthFailure.SecretIdNotFound` or `Throttling.User`.
  if (typeof code === 'string' && /^[A-Za-z]+(\.[A-Za-z_]+)+$|^[A-Z][a-z]+([A-Z][a-z]+)+$/.test(code))
    return answered(code)
  return { status: 'unknown', reason: 'no answer' }
}
