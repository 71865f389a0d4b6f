import { sm2, sm4 } from 'sm-crypto-v2'
import { expect, test } from 'vitest'
import secureMode from '../../vectors/secure-mode.json' with { type: 'json' }
import vectors from '../../vectors/wechat-vectors.json' with { type: 'json' }
import type { ApiCipher } from './api-cipher.ts'
import { type ApiVerifier, rsaVerifier } from './api-signature.ts'
import { ApiResponseInvalid, openApiResponse } from './open-api-response.ts'

const { url, appid: appId, rsaAes, sm2Sm4 } = secureMode
const bytes = (text: string, encoding: BufferEncoding = 'utf8') => Uint8Array.from(Buffer.from(text, encoding))
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex')

/** SM4-GCM as an application would hand it in. */
const sm4Gcm: ApiCipher = {
  seal({ key, iv, aad, plaintext }) {
    const options = { mode: 'gcm', iv: hex(iv), associatedData: aad, output: 'array', outputTag: true } as const
    const { output, tag } = sm4.encrypt(plaintext, key, options)
    return { ciphertext: output, tag: tag ?? new Uint8Array() }
  },
  open({ key, iv, aad, ciphertext, tag }) {
    try {
      return sm4.decrypt(ciphertext, key, {
        mode: 'gcm',
        iv: hex(iv),
        associatedData: aad,
        tag: hex(tag),
        output: 'array',
      })
    } catch {
      return null
    }
  },
}

/** SM2withSM3; its id is the number of the certificate ("服务端 API 签名加密指南", 4.1.1). */
const sm2Verifier = (certificatePem: string, serial: string): ApiVerifier => {
  const der = Buffer.from(certificatePem.replace(/-----.*-----|\s/g, ''), 'base64')
  const at = der.indexOf(Buffer.from('034200', 'hex')) + 3
  const publicKey = hex(der.subarray(at, at + 65))
  return (text, signature) =>
    sm2.doVerifySignature(text, hex(bytes(signature, 'base64')), publicKey, { der: true, hash: true, userId: serial })
}

const answer = {
  url,
  appId,
  now: 1_635_927_956_000,
  key: { serial: rsaAes.sym_sn, key: rsaAes.sym_key },
  certificate: { serial: rsaAes.certificate_sn, verify: rsaVerifier(rsaAes.certificate_pem) },
  headers: new Headers(rsaAes.headers),
  body: rsaAes.body,
}
const headersWith = (change: Record<string, string>) => new Headers({ ...rsaAes.headers, ...change })

test('the published answer (RSA, AES) is verified and opened', () => {
  expect(openApiResponse(answer)).toEqual({ fields: rsaAes.fields, certificateExpiring: false })
})

test('while certificates rotate, the signature of the one at hand is taken, with a word of warning', () => {
  const headers = headersWith({
    'Wechatmp-Serial': 'new',
    'Wechatmp-Signature': 'AAAA',
    'Wechatmp-Serial-Deprecated': rsaAes.certificate_sn,
    'Wechatmp-Signature-Deprecated': rsaAes.headers['Wechatmp-Signature'],
  })
  expect(openApiResponse({ ...answer, headers })).toEqual({ fields: rsaAes.fields, certificateExpiring: true })
})

test.each([
  ['older than five minutes', { now: answer.now + 300_001 }],
  ['from the future', { now: answer.now - 300_001 }],
  ['for another app', { headers: headersWith({ 'Wechatmp-AppId': 'wxfedcba0987654321' }) }],
  ['asked as another app', { appId: 'wxfedcba0987654321' }],
  ['of another call', { url: 'https://api.weixin.qq.com/wxa/other' }],
  ['signed with an unknown certificate', { headers: headersWith({ 'Wechatmp-Serial': 'other' }) }],
  ['with another signature', { headers: headersWith({ 'Wechatmp-Signature': Buffer.alloc(256).toString('base64') }) }],
  ['with a later time', { headers: headersWith({ 'Wechatmp-TimeStamp': '1635927957' }) }],
  ['without headers', { headers: new Headers() }],
  ['with a changed body', { body: `${rsaAes.body} ` }],
  ['under another key', { key: { ...answer.key, serial: 'other' } }],
  ['signed with the number of the certificate', { signedSerial: rsaAes.certificate_sn }],
])('an answer is refused: %s', (_, change) => {
  expect(() => openApiResponse({ ...answer, ...change })).toThrow(ApiResponseInvalid)
})

test('the published sample of SM2 and SM4 passes through ciphers that are handed in', () => {
  const certificate = {
    serial: sm2Sm4.certificate_sn,
    verify: sm2Verifier(sm2Sm4.certificate_pem, sm2Sm4.certificate_sn),
  }
  const sample = {
    url,
    appId,
    now: 1_692_932_963_000,
    key: { serial: sm2Sm4.sym_sn, key: sm2Sm4.sym_key, cipher: sm4Gcm },
    certificate,
    headers: new Headers(sm2Sm4.headers),
    body: sm2Sm4.body,
  }
  expect(openApiResponse(sample).fields).toEqual(sm2Sm4.fields)
  expect(() => openApiResponse({ ...sample, body: `${sm2Sm4.body} ` })).toThrow(ApiResponseInvalid)
})

test.each(vectors.gcmPrimitive.filter(vector => vector.alg === 'SM4-GCM'))('the published vector $id', vector => {
  const sealed = bytes(vector.ciphertext_and_tag_base64, 'base64')
  const parts = { key: bytes(vector.key_ascii), iv: bytes(vector.nonce_ascii), aad: bytes(vector.aad_ascii) }
  const opened = sm4Gcm.open({ ...parts, ciphertext: sealed.subarray(0, -16), tag: sealed.subarray(-16) })
  expect(Buffer.from(opened ?? []).toString()).toBe(vector.plaintext)
  const { ciphertext, tag } = sm4Gcm.seal({ ...parts, plaintext: bytes(vector.plaintext) })
  expect(hex(ciphertext) + hex(tag)).toBe(hex(sealed))
  expect(sm4Gcm.open({ ...parts, ciphertext, tag: tag.map(byte => byte ^ 1) })).toBeNull()
})
