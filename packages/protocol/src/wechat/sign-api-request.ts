import { type ApiKey, type ApiScene, sealApiBody } from './api-body.ts'
import { type ApiSigner, apiSignatureText } from './api-signature.ts'

/** A call in secure mode: the body to send as it is, and the headers that sign it. */
export interface SignedApiRequest {
  readonly body: string
  readonly headers: Readonly<Record<'Wechatmp-AppId' | 'Wechatmp-TimeStamp' | 'Wechatmp-Signature', string>>
}

/**
 * Encrypts and signs a call ("服务端 API 签名加密指南", 3). `fields` are those of query and body together, without
 * access_token, which stays in the query.
 *
 * @throws RangeError when the key is not Base64.
 *
 * @example
 * signApiRequest({ url, appId, timestamp, key, sign: rsaSigner(privateKeyPem), fields: { code }, nonce, iv }).headers
 */
export function signApiRequest({
  key,
  sign,
  fields,
  nonce,
  iv,
  signedSerial,
  ...scene
}: ApiScene & {
  readonly key: ApiKey
  readonly sign: ApiSigner
  readonly fields: Readonly<Record<string, unknown>>
  /** Random text of 16 to 32 characters. */
  readonly nonce: string
  /** 12 random bytes, never used twice with one key. */
  readonly iv: Uint8Array
  /** Number of the signing key, when it shall be part of the signed text. Default: it is not. */
  readonly signedSerial?: string
}): SignedApiRequest {
  const body = sealApiBody(scene, key, { fields, nonce, iv })
  return {
    body,
    headers: {
      'Wechatmp-AppId': scene.appId,
      'Wechatmp-TimeStamp': String(scene.timestamp),
      'Wechatmp-Signature': sign(apiSignatureText(scene, body, signedSerial)),
    },
  }
}
