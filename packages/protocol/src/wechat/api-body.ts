import { type ApiCipher, aes256Gcm } from './api-cipher.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { isRecord } from './is-record.ts'
import { parseStrictJson } from './parse-strict-json.ts'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

/** The symmetric key of an app's secure mode. */
export interface ApiKey {
  /** Number of the key, from the console. */
  readonly serial: string
  /** Base64 as the console shows it. */
  readonly key: string
  /** Default: {@link aes256Gcm}. */
  readonly cipher?: ApiCipher
}

/** What both sides of a call bind their ciphertext and their signature to. */
export interface ApiScene {
  /** With scheme and host, without query: `https://api.weixin.qq.com/wxa/getuserriskrank`. */
  readonly url: string
  readonly appId: string
  /** Seconds; also in the header `Wechatmp-TimeStamp`. */
  readonly timestamp: number
}

/**
 * Encrypts the fields of a request or of an answer ("服务端 API 签名加密指南", 3.1): the plaintext is JSON of the fields
 * with `_n`, `_appid` and `_timestamp` in front, bound to url, app, time and key number.
 *
 * @throws RangeError when the key is not Base64.
 *
 * @example
 * sealApiBody({ url, appId, timestamp }, { serial, key }, { fields: { code }, nonce, iv }) // '{"iv":…}'
 */
export function sealApiBody(
  scene: ApiScene,
  { serial, key, cipher = aes256Gcm }: ApiKey,
  {
    fields,
    nonce,
    iv,
  }: { readonly fields: Readonly<Record<string, unknown>>; readonly nonce: string; readonly iv: Uint8Array },
): string {
  const secret = decodeBase64(key)
  if (secret === null) throw new RangeError('"key" must be canonical Base64')
  const text = JSON.stringify({ _n: nonce, _appid: scene.appId, _timestamp: scene.timestamp, ...fields })
  const aad = encodeUtf8(aadOf(scene, serial))
  const { ciphertext, tag } = cipher.seal({ key: secret, iv, aad, plaintext: encodeUtf8(text) })
  return JSON.stringify({ iv: encodeBase64(iv), data: encodeBase64(ciphertext), authtag: encodeBase64(tag) })
}

/**
 * The fields inside of an encrypted body; `null` when it cannot be opened or names another app or time than the scene.
 *
 * @example
 * openApiBody({ url, appId, timestamp }, { serial, key }, body) // { code: '…' }
 */
export function openApiBody(
  scene: ApiScene,
  { serial, key, cipher = aes256Gcm }: ApiKey,
  body: string,
): Readonly<Record<string, unknown>> | null {
  const parts = readParts(body)
  const secret = decodeBase64(key)
  if (parts === null || secret === null) return null
  const plaintext = cipher.open({ key: secret, aad: encodeUtf8(aadOf(scene, serial)), ...parts })
  const fields = plaintext && parseObject(decodeUtf8(plaintext))
  if (!fields || fields._appid !== scene.appId || fields._timestamp !== scene.timestamp) return null
  const { _n, _appid, _timestamp, ...rest } = fields
  return rest
}

function aadOf({ url, appId, timestamp }: ApiScene, serial: string): string {
  return `${url}|${appId}|${timestamp}|${serial}`
}

function readParts(body: string) {
  const { iv, data, authtag } = parseObject(body) ?? {}
  const parts = { iv: bytesOf(iv), ciphertext: bytesOf(data), tag: bytesOf(authtag) }
  const { ciphertext } = parts
  if (parts.iv?.length !== 12 || parts.tag?.length !== 16 || ciphertext === null) return null
  return { iv: parts.iv, tag: parts.tag, ciphertext }
}

function bytesOf(value: unknown): Uint8Array | null {
  return typeof value === 'string' ? decodeBase64(value) : null
}

function parseObject(text: string | null): Readonly<Record<string, unknown>> | null {
  try {
    const value = text === null ? null : parseStrictJson(text)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}
