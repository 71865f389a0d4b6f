import type { PhoneProof } from '@weapp-auth/protocol/contract'
import { type FailureReason, identifyFailure } from '@weapp-auth/protocol/identify-failure'
import { field, textField } from './field.ts'
import { type Failure, failure } from './outcomes.ts'
import { failureText, readFailure } from './read-failure.ts'

/**
 * Reads the event of the phone button, or its `detail`. The user agreed only when the text ends with `:ok` **and**
 * there is a code or a ciphertext; some libraries say `:ok` with nothing in hand. What no rule knows is `failed`.
 *
 * @example
 * readPhoneEvent({ detail: { errMsg: 'getPhoneNumber:fail:user deny' } }) // { status: 'declined', … }
 */
export function readPhoneEvent(event: unknown): PhoneProof | Failure<FailureReason> {
  const detail = field(event, 'detail') || event
  if (!textField(detail, 'errMsg') && !field(detail, 'errno'))
    return failure('failed', 'bindPhone takes the event of bindgetphonenumber')
  const { errMsg, errno } = readFailure(detail)
  const proof = /:\s*ok\s*$/i.test(errMsg) ? readProof(detail) : null
  return proof || failure(identifyFailure({ api: 'getPhoneNumber', errMsg, errno }), failureText(detail))
}

function readProof(detail: unknown): PhoneProof | null {
  const code = textField(detail, 'code')
  const encryptedData = textField(detail, 'encryptedData')
  const iv = textField(detail, 'iv')
  const sealed = encryptedData && iv ? { encryptedData, iv } : null
  return code ? Object.assign({ code }, sealed) : sealed
}
