import { encodeBase64 } from './base64.ts'
import { encryptAesCbc } from './crypto.ts'
import { decodeEncodingAesKey } from './encoding-aes-key.ts'
import { padPkcs7 } from './pkcs7.ts'
import { pushSignature } from './push-signature.ts'
import { encodeUtf8 } from './utf8.ts'

/** What a sealed push is made of. */
export interface PlainPush {
  readonly encodingAesKey: string
  readonly appId: string
  readonly message: string
  /** 16 random bytes. */
  readonly random: Uint8Array
}

/**
 * Seals a message as WeChat does; the inverse of `decryptPush`.
 *
 * @throws RangeError when encodingAesKey or random are not what they must be.
 *
 * @example
 * encryptPush({ encodingAesKey, appId, message: '{"demo_resp":"good luck"}', random }) // Base64
 */
export function encryptPush({ encodingAesKey, appId, message, random }: PlainPush): string {
  if (random.length !== 16) throw new RangeError('"random" must have 16 bytes')
  const key = decodeEncodingAesKey(encodingAesKey)
  const text = encodeUtf8(message)
  const length = new Uint8Array([text.length >> 24, text.length >> 16, text.length >> 8, text.length])
  const plain = new Uint8Array([...random, ...length, ...text, ...encodeUtf8(appId)])
  return encodeBase64(encryptAesCbc(key, key.subarray(0, 16), padPkcs7(plain, 32)))
}

/** The JSON body of an encrypted reply to a push. */
export interface PushReply {
  readonly Encrypt: string
  readonly MsgSignature: string
  /** Seconds. */
  readonly TimeStamp: number
  readonly Nonce: string
}

/**
 * Seals and signs a reply to a push ("消息推送"). Most events want no reply but the plain text `success`.
 *
 * @throws RangeError as {@link encryptPush}.
 *
 * @example
 * sealPushReply({ token, encodingAesKey, appId, message, random, timestamp: 1713424427, nonce: '415670741' })
 */
export function sealPushReply({
  token,
  timestamp,
  nonce,
  ...plain
}: PlainPush & { readonly token: string; readonly timestamp: number; readonly nonce: string }): PushReply {
  const encrypt = encryptPush(plain)
  const signature = pushSignature({ token, timestamp: String(timestamp), nonce, encrypt })
  return { Encrypt: encrypt, MsgSignature: signature, TimeStamp: timestamp, Nonce: nonce }
}
