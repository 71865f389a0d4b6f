import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import vectors from '../../vectors/wechat-vectors.json' with { type: 'json' }
import { openApiBody, sealApiBody } from './api-body.ts'
import { apiSignatureText, rsaSigner, rsaVerifier } from './api-signature.ts'
import { signApiRequest } from './sign-api-request.ts'

const url = 'https://api.weixin.qq.com/wxa/business/getuserphonenumber'
const appId = 'wx1234567890abcdef'
const bytes = (text: string, encoding: BufferEncoding) => Uint8Array.from(Buffer.from(text, encoding))

test.each(vectors.apiSignatureRequest)(
  'the published request $id opens, and its signature holds without sn',
  vector => {
    const { timestamp, sym_sn, sym_key_base64, body, plaintext, asym_sn, public_key_spki_pem, signature_base64 } =
      vector
    const scene = { url: vector.url, appId: vector.appid, timestamp }
    const { _n, _appid, _timestamp, ...fields } = JSON.parse(plaintext)
    expect(openApiBody(scene, { serial: sym_sn, key: sym_key_base64 }, body)).toEqual(fields)
    expect(apiSignatureText(scene, body)).toBe(vector.to_sign)
    const verify = rsaVerifier(public_key_spki_pem)
    expect(verify(apiSignatureText(scene, body), signature_base64)).toBe(true)
    expect(verify(apiSignatureText(scene, body, asym_sn), signature_base64)).toBe(false)
  },
)

test.each(vectors.apiSignatureRequest)('the published request $id is made again byte for byte', vector => {
  const { timestamp, sym_sn, sym_key_base64, plaintext, body } = vector
  const { _n: nonce, _appid, _timestamp, ...fields } = JSON.parse(plaintext)
  const request = signApiRequest({
    url: vector.url,
    appId: vector.appid,
    timestamp,
    key: { serial: sym_sn, key: sym_key_base64 },
    sign: () => 'signature',
    fields,
    nonce,
    iv: bytes(JSON.parse(body).iv, 'base64'),
  })
  expect(request.body).toBe(body)
  expect(request.headers).toEqual({ ...vector.headers, 'Wechatmp-Signature': 'signature' })
})

test.each(vectors.apiSignatureRequest)('the published request $id stays closed in any other scene', vector => {
  const scene = { url: vector.url, appId: vector.appid, timestamp: vector.timestamp }
  const key = { serial: vector.sym_sn, key: vector.sym_key_base64 }
  const { iv, data, authtag } = JSON.parse(vector.body)
  expect(openApiBody({ ...scene, url: `${scene.url}?a=1` }, key, vector.body)).toBeNull()
  expect(openApiBody({ ...scene, appId: 'wxfedcba0987654321' }, key, vector.body)).toBeNull()
  expect(openApiBody({ ...scene, timestamp: scene.timestamp + 1 }, key, vector.body)).toBeNull()
  expect(openApiBody(scene, { ...key, serial: 'other' }, vector.body)).toBeNull()
  expect(openApiBody(scene, { ...key, key: Buffer.alloc(32).toString('base64') }, vector.body)).toBeNull()
  expect(openApiBody(scene, { ...key, key: 'AAAA' }, vector.body)).toBeNull()
  for (const body of [
    '',
    '{}',
    '[]',
    JSON.stringify({ iv, data }),
    JSON.stringify({ iv, data, authtag: authtag.slice(0, 8) }),
    JSON.stringify({ iv: data, data, authtag }),
    JSON.stringify({ iv, data: [data], authtag }),
    JSON.stringify({ iv, data: `${data} `, authtag }),
  ]) {
    expect(openApiBody(scene, key, body)).toBeNull()
  }
})

test('the two forms of the signed text differ by the line with the number of the key', () => {
  const scene = { url, appId, timestamp: 1 }
  expect(apiSignatureText(scene, '{}')).toBe(`${url}\n${appId}\n1\n{}`)
  expect(apiSignatureText(scene, '{}', 'serial')).toBe(`${url}\n${appId}\n1\nserial\n{}`)
})

const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

test.each([undefined, 'asym-serial'])('a signature of ours holds on the other side (sn: %s)', signedSerial => {
  const scene = { url, appId, timestamp: 1_635_927_954 }
  const key = { serial: 'sym', key: Buffer.alloc(32, 7).toString('base64') }
  const { body, headers } = signApiRequest({
    ...scene,
    key,
    sign: rsaSigner(pair.privateKey),
    fields: { code: '0a1b', openid: 'oA' },
    nonce: 'bm9uY2Vub25jZW5vbmNl',
    iv: new Uint8Array(12).fill(3),
    ...(signedSerial === undefined ? {} : { signedSerial }),
  })
  const verify = rsaVerifier(pair.publicKey)
  const signature = headers['Wechatmp-Signature']
  expect(verify(apiSignatureText(scene, body, signedSerial), signature)).toBe(true)
  expect(verify(apiSignatureText(scene, `${body} `, signedSerial), signature)).toBe(false)
  expect(verify(apiSignatureText(scene, body, signedSerial), `${signature} `)).toBe(false)
  expect(verify(apiSignatureText(scene, body, signedSerial), 'AAAA')).toBe(false)
  expect(openApiBody(scene, key, body)).toEqual({ code: '0a1b', openid: 'oA' })
})

test('a body that names another app or time inside stays closed, whatever it is bound to', () => {
  const scene = { url, appId, timestamp: 1_635_927_954 }
  const key = { serial: 'sym', key: Buffer.alloc(32, 7).toString('base64') }
  const sealWith = (fields: Record<string, unknown>) =>
    sealApiBody(scene, key, { fields, nonce: 'n', iv: new Uint8Array(12) })
  expect(openApiBody(scene, key, sealWith({ a: 1 }))).toEqual({ a: 1 })
  expect(openApiBody(scene, key, sealWith({ _appid: 'wxfedcba0987654321' }))).toBeNull()
  expect(openApiBody(scene, key, sealWith({ _timestamp: scene.timestamp - 1 }))).toBeNull()
})

test('iv and tag of another length never reach the cipher', () => {
  const scene = { url, appId, timestamp: 1 }
  const plaintext = bytes(JSON.stringify({ _appid: appId, _timestamp: 1 }), 'utf8')
  const trusting = { seal: () => ({ ciphertext: plaintext, tag: plaintext }), open: () => plaintext }
  const open = (ivLength: number, tagLength: number) => {
    const [iv, authtag] = [ivLength, tagLength].map(length => Buffer.alloc(length).toString('base64'))
    return openApiBody(scene, { serial: '', key: '', cipher: trusting }, JSON.stringify({ iv, data: '', authtag }))
  }
  expect(open(12, 16)).toEqual({})
  expect(open(16, 16)).toBeNull()
  expect(open(12, 12)).toBeNull()
})

test('a key that is not Base64 cannot sign', () => {
  const scene = { url, appId, timestamp: 1 }
  const rest = { sign: () => '', fields: {}, nonce: '', iv: new Uint8Array(12) }
  expect(() => signApiRequest({ ...scene, key: { serial: '', key: '#' }, ...rest })).toThrow(
    new RangeError('"key" must be canonical Base64'),
  )
})
