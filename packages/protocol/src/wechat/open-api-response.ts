import { type ApiKey, openApiBody } from './api-body.ts'
import { type ApiVerifier, apiSignatureText } from './api-signature.ts'

/**
 * An answer of secure mode that cannot be trusted; the same message for every cause.
 *
 * @example
 * if (error instanceof ApiResponseInvalid) alertTheOperator()
 */
export class ApiResponseInvalid extends Error {
  override readonly name = 'ApiResponseInvalid'
  readonly code = 'api_response_invalid'

  constructor() {
    super('the answer of WeChat could not be confirmed')
  }
}

/** WeChat's platform certificate, as the console hands it out. */
export interface PlatformCertificate {
  /** Its number in the console, which is not the serial number inside of the certificate. */
  readonly serial: string
  readonly verify: ApiVerifier
}

/** The fields of an answer in secure mode. */
export interface OpenedApiResponse {
  readonly fields: Readonly<Record<string, unknown>>
  /** True while certificates rotate and ours is the one that goes: fetch the new one from the console. */
  readonly certificateExpiring: boolean
}

/**
 * Verifies and decrypts an answer ("服务端 API 签名加密指南", 4): made for our app within the last five minutes and signed
 * with the platform certificate at hand.
 *
 * @throws ApiResponseInvalid for every cause alike.
 *
 * @example
 * openApiResponse({ url, appId, now, key, certificate, headers: response.headers, body: await response.text() }).fields
 */
export function openApiResponse({
  url,
  appId,
  now,
  maxAgeMs = 300_000,
  key,
  certificate,
  headers,
  body,
  signedSerial,
}: {
  readonly url: string
  readonly appId: string
  /** Milliseconds since 1970. */
  readonly now: number
  /** Default: 300000 (5 minutes). */
  readonly maxAgeMs?: number
  readonly key: ApiKey
  readonly certificate: PlatformCertificate
  /** Anything with `get(name)` that ignores the case of names, such as `Headers`. */
  readonly headers: { get(name: string): string | null }
  /** Exactly as received. */
  readonly body: string
  /** As for `signApiRequest`. */
  readonly signedSerial?: string
}): OpenedApiResponse {
  const scene = { url, appId, timestamp: Number(headers.get('wechatmp-timestamp')) }
  const signature = pickSignature(headers, certificate.serial)
  const fresh = Math.abs(now - scene.timestamp * 1_000) <= maxAgeMs
  if (headers.get('wechatmp-appid') !== appId || !fresh || signature === null) throw new ApiResponseInvalid()
  if (!certificate.verify(apiSignatureText(scene, body, signedSerial), signature.text)) throw new ApiResponseInvalid()
  const fields = openApiBody(scene, key, body)
  if (fields === null) throw new ApiResponseInvalid()
  return { fields, certificateExpiring: signature.expiring }
}

/** While certificates rotate, WeChat signs with both. */
function pickSignature(headers: { get(name: string): string | null }, serial: string) {
  const text = headers.get('wechatmp-signature')
  const former = headers.get('wechatmp-signature-deprecated')
  if (text !== null && headers.get('wechatmp-serial') === serial) return { text, expiring: false }
  if (former !== null && headers.get('wechatmp-serial-deprecated') === serial) return { text: former, expiring: true }
  return null
}
