import type { ApiScene } from './api-body.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { signRsaPss, verifyRsaPss } from './crypto.ts'

/** Makes the Base64 signature of a text. Hand in SM2withSM3 from a library where the console is set to it. */
export type ApiSigner = (text: string) => string

/** Whether a Base64 signature belongs to a text; false, not an error, when it is malformed. */
export type ApiVerifier = (text: string, signature: string) => boolean

/**
 * The text that is signed ("服务端 API 签名加密指南", 3.2 and 4.1), without a line break at its end. A later variant of the
 * page puts the number of the signing key before the body; the official sample verifies only without it, which is the
 * default. Hand in `serial` for the variant.
 *
 * @example
 * apiSignatureText({ url, appId, timestamp: 1635927954 }, body) // 'https://…\nwx…\n1635927954\n{"iv":…}'
 */
export function apiSignatureText({ url, appId, timestamp }: ApiScene, body: string, serial?: string): string {
  return [url, appId, timestamp, ...(serial === undefined ? [] : [serial]), body].join('\n')
}

/**
 * `RSAwithSHA256` of the console: RSASSA-PSS, SHA-256, salt of 32 bytes. The key is a private key in PEM.
 *
 * @example
 * const sign = rsaSigner(privateKeyPem)
 */
export function rsaSigner(privateKeyPem: string): ApiSigner {
  return text => encodeBase64(signRsaPss(privateKeyPem, text))
}

/**
 * The other side of {@link rsaSigner}; the key is a public key or WeChat's platform certificate, in PEM.
 *
 * @example
 * const verify = rsaVerifier(platformCertificatePem)
 */
export function rsaVerifier(publicKeyPem: string): ApiVerifier {
  return (text, signature) => {
    const bytes = decodeBase64(signature)
    return bytes !== null && verifyRsaPss(publicKeyPem, text, bytes)
  }
}
