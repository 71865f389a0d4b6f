import { sha256Hex } from './crypto.ts'
import { MalformedAnswer } from './malformed-answer.ts'
import type { CheckEncryptedDataOutcome } from './outcomes.ts'
import { type Answer, readAnswer, readInteger } from './read-answer.ts'
import { WechatRefusal } from './wechat-refusal.ts'
import type { WireRequest } from './wire-request.ts'

/**
 * checkEncryptedData ("检查加密信息"): asks whether WeChat made this ciphertext. Works for phone data of the last three
 * days. The hash is SHA-256 over the Base64 text, not over the bytes it stands for (the sample of the mini-game page
 * proves it), and it does not cover the iv.
 *
 * @example
 * checkEncryptedDataRequest(accessToken, encryptedData).body // { encrypted_msg_hash: '…' }
 */
export function checkEncryptedDataRequest(accessToken: string, encryptedData: string): WireRequest {
  return {
    method: 'POST',
    path: '/wxa/business/checkencryptedmsg',
    query: { access_token: accessToken },
    body: { encrypted_msg_hash: sha256Hex(encryptedData) },
  }
}

/** errcode 1: not found, older than three days, or of another app. */
const unknownCode = 1

/**
 * Reads the answer. `vaild` is how the protocol spells it.
 *
 * @throws WechatRefusal for every errcode but 0 and 1; MalformedAnswer
 *
 * @example
 * readCheckEncryptedData({ errcode: 0, errmsg: 'ok', vaild: true, create_time: 1629121902 })
 * // { status: 'genuine', createdAt: 1629121902000 }
 */
export function readCheckEncryptedData(body: unknown): CheckEncryptedDataOutcome {
  const answer = answerUnlessUnknown(body)
  if (answer === null) return { status: 'unknown' }
  if (typeof answer.vaild !== 'boolean') throw new MalformedAnswer('vaild')
  if (!answer.vaild) return { status: 'unknown' }
  return { status: 'genuine', createdAt: readInteger(answer, 'create_time', 1) * 1_000 }
}

function answerUnlessUnknown(body: unknown): Answer | null {
  try {
    return readAnswer(body)
  } catch (error) {
    if (error instanceof WechatRefusal && error.errcode === unknownCode) return null
    throw error
  }
}
