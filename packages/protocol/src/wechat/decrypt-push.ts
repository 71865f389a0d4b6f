import { decodeBase64 } from './base64.ts'
import { decryptAesCbc } from './crypto.ts'
import { decodeEncodingAesKey } from './encoding-aes-key.ts'
import { unpadPkcs7 } from './pkcs7.ts'
import { decodeUtf8 } from './utf8.ts'

/**
 * A message push that cannot be trusted; the same message for every cause.
 *
 * @example
 * const status = error instanceof PushInvalid ? 403 : 500
 */
export class PushInvalid extends Error {
  override readonly name = 'PushInvalid'
  readonly code = 'push_invalid'

  constructor() {
    super('the pushed message could not be confirmed')
  }
}

/** Ciphertext longer than this is refused. */
const maxBytes = 65_536

/** 16 random bytes and a length of 4 bytes come before the message. */
const headBytes = 20

/**
 * Opens a message of secure mode ("消息推送"): AES-256-CBC, the iv is the first half of the key, PKCS#7 in blocks of 32.
 * The app id at the end must be `appId`. Check `msg_signature` first.
 *
 * @throws PushInvalid for every cause alike; RangeError when encodingAesKey is not one.
 *
 * @example
 * const message = decryptPush({ encodingAesKey, appId: 'wxba5fad812f8e6fb9', encrypt: body.Encrypt })
 */
export function decryptPush({
  encodingAesKey,
  appId,
  encrypt,
}: {
  readonly encodingAesKey: string
  readonly appId: string
  /** `Encrypt` of the body. */
  readonly encrypt: string
}): string {
  const key = decodeEncodingAesKey(encodingAesKey)
  const opened = open(key, encrypt)
  if (opened === null || opened.appId !== appId) throw new PushInvalid()
  return opened.message
}

function open(key: Uint8Array, encrypt: string): { readonly message: string; readonly appId: string | null } | null {
  const ciphertext = encrypt.length <= maxBytes * 1.5 ? decodeBase64(encrypt) : null
  if (ciphertext === null || ciphertext.length > maxBytes || ciphertext.length % 16 !== 0) return null
  const plain = unpadPkcs7(decryptAesCbc(key, key.subarray(0, 16), ciphertext), 32)
  if (plain === null) return null
  const end = headBytes + readLength(plain)
  const message = end <= plain.length ? decodeUtf8(plain.subarray(headBytes, end)) : null
  const appId = decodeUtf8(plain.subarray(end))
  return message === null ? null : { message, appId }
}

function readLength(plain: Uint8Array): number {
  return plain.subarray(16, headBytes).reduce((sum, byte) => sum * 256 + byte, 0)
}
