import { generateKeyPairSync, sign as signBytes, X509Certificate } from 'node:crypto'
import {
  type ApiSigner,
  apiSignatureText,
  openApiResponse,
  rsaSigner,
  rsaVerifier,
  signApiRequest,
} from '@weapp-auth/protocol/wechat'
import { sm2 } from 'sm-crypto-v2'
import { describe, expect, test } from 'vitest'
import { BOOKS, createWorld, START, TEA } from '../../test/world.ts'
import { cipherOf, signatureOf } from './algorithms.ts'
import { type SecureModeSettings, sm2Pem } from './secure-mode-settings.ts'

const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const PHONE = '/wxa/business/getuserphonenumber'
const AES: Required<SecureModeSettings>['symmetric'] = {
  algorithm: 'AES256_GCM',
  serial: 'fa05fe1e5bcc79b81ad5ad4b58acf787',
  key: Buffer.alloc(32, 7).toString('base64'),
}
const RSA: Required<SecureModeSettings>['asymmetric'] = {
  algorithm: 'RSAwithSHA256',
  serial: 'rsa-1',
  publicKey: pair.publicKey,
}
const SECURE = { symmetric: AES, asymmetric: RSA }

interface Change {
  readonly path?: string
  readonly signedPath?: string
  readonly appId?: string
  readonly key?: typeof AES
  readonly at?: number
  readonly sign?: ApiSigner
  readonly signedSerial?: string
  readonly headers?: Readonly<Record<string, string | null>>
  readonly body?: (body: string) => string
  readonly token?: string
}

function createSecure(secureMode: SecureModeSettings | null = SECURE) {
  const world = createWorld({ apps: [secureMode === null ? TEA : { ...TEA, secureMode }, BOOKS] })

  /** The developer's side, by the protocol's own functions. */
  async function call(fields: Record<string, unknown>, change: Change = {}) {
    const { path = PHONE, signedPath = path, appId = TEA.appId, at = START, key = AES, signedSerial } = change
    const signed = signApiRequest({
      url: `https://api.weixin.qq.com${signedPath}`,
      appId,
      timestamp: Math.floor(at / 1000),
      key: { serial: key.serial, key: key.key, cipher: await cipherOf(key.algorithm) },
      sign: change.sign ?? rsaSigner(pair.privateKey),
      fields,
      nonce: 'n'.repeat(22),
      iv: new Uint8Array(12).fill(5),
      ...(signedSerial === undefined ? {} : { signedSerial }),
    })
    const headers = Object.entries({ ...signed.headers, ...change.headers }).filter(([, value]) => value !== null)
    const token = change.token ?? (await world.stableToken())
    return world.send(`${path}?access_token=${token}`, {
      method: 'POST',
      body: change.body ? change.body(signed.body) : signed.body,
      headers: Object.fromEntries(headers) as Record<string, string>,
    })
  }

  async function open(response: Response, signedSerial?: string) {
    const { current } = await world.control.secureMode.platformKey(TEA.appId)
    const { verifier } = await signatureOf(current.algorithm)
    const { symmetric = AES } = secureMode ?? {}
    return openApiResponse({
      url: `https://api.weixin.qq.com${PHONE}`,
      appId: TEA.appId,
      now: world.control.clock.now(),
      key: { serial: symmetric.serial, key: symmetric.key, cipher: await cipherOf(symmetric.algorithm) },
      certificate: { serial: current.serial, verify: verifier(current.publicKey, current.serial) },
      headers: response.headers,
      body: await response.text(),
      ...(signedSerial === undefined ? {} : { signedSerial }),
    })
  }
  const code = async () => ({ code: (await world.phone().wx.login()) && (await tap()) })
  /** A phone code without the button. */
  async function tap() {
    const { openedAt } = (await cloud('phone-sheet/open', {})) as { openedAt: number }
    const detail = (await cloud('phone-sheet/close', { decision: { decision: 'allow' }, openedAt })) as { code: string }
    return detail.code
  }
  const cloud = (path: string, body: object) =>
    world.ask(`/_emulator/wx/${path}`, {
      method: 'POST',
      body: JSON.stringify({ appId: TEA.appId, personId: 'lin', ...body }),
      headers: { 'content-type': 'application/json' },
    })
  return { ...world, call, open, code }
}

const sm2Pair = sm2.generateKeyPairHex()
const SM2: Required<SecureModeSettings>['asymmetric'] = {
  algorithm: 'SM2withSM3',
  serial: 'sm2-1',
  publicKey: sm2Pem(sm2Pair.publicKey),
}
const SM4: Required<SecureModeSettings>['symmetric'] = {
  algorithm: 'SM4_GCM',
  serial: 'sm4-1',
  key: Buffer.alloc(16, 9).toString('base64'),
}

describe('a call of secure mode', () => {
  test('is verified and opened, and answered encrypted and signed', async () => {
    const { call, open, code } = createSecure()
    const response = await call(await code())
    expect(response.headers.get('wechatmp-timestamp')).toBe(String(START / 1000))
    const { fields, certificateExpiring } = await open(response)
    expect(fields).toMatchObject({ errcode: 0, phone_info: { purePhoneNumber: '13800138000' } })
    expect(certificateExpiring).toBe(false)
  })

  test('works with SM2 and SM4 all the same', async () => {
    const { call, open, code } = createSecure({ symmetric: SM4, asymmetric: SM2 })
    const { signer } = await signatureOf('SM2withSM3')
    const response = await call(await code(), { key: SM4, sign: signer(sm2Pair.privateKey, SM2.serial) })
    expect((await open(response)).fields).toMatchObject({ errcode: 0 })
    const other = await call({}, { key: SM4, sign: signer(sm2Pair.privateKey, 'another number') })
    expect(await other.json()).toMatchObject({ errcode: 40234 })
  })

  test('a refusal of the API itself is encrypted too', async () => {
    const { call, open, noted } = createSecure()
    const { fields } = await open(await call({ code: 'never-issued' }))
    expect(fields).toMatchObject({ errcode: 40029, errmsg: expect.stringContaining('invalid code') })
    expect(noted(`POST ${PHONE}`)?.text.en).toBe('this code was never issued')
  })

  test('with the later variant, the number of the key is signed and sent', async () => {
    const { call, open, code } = createSecure({ ...SECURE, signedText: 'with-serial' })
    const headers = { 'Wechatmp-Serial': RSA.serial }
    const response = await call(await code(), { signedSerial: RSA.serial, headers })
    const serial = response.headers.get('wechatmp-serial') ?? ''
    expect((await open(response, serial)).fields).toMatchObject({ errcode: 0 })
    const other = { 'Wechatmp-Serial': 'other' }
    expect(await (await call({}, { signedSerial: RSA.serial, headers: other })).json()).toMatchObject({
      errcode: 40234,
    })
  })

  test('an API that has no secure mode does not know the headers', async () => {
    const { call } = createSecure()
    expect(await (await call({}, { path: '/cgi-bin/getcallbackip' })).json()).not.toMatchObject({ errcode: 40234 })
  })

  test('a plain call goes on as before, unless secure mode is required', async () => {
    const { phoneByCode, code, control } = createSecure()
    expect(await phoneByCode(await code())).toMatchObject({ errcode: 0 })
    control.secureMode.configure(TEA.appId, { ...SECURE, required: true })
    expect(await phoneByCode(await code())).toMatchObject({ errcode: 40231 })
  })
})

describe('errcode', () => {
  const pkcs1: ApiSigner = text => signBytes('sha256', Buffer.from(text), pair.privateKey).toString('base64')
  const stranger = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const changed = (body: string) => body.replace('"data":"', '"data":"AAAA')
  const signChanged: ApiSigner = text => {
    const [url, app, time, body = ''] = text.split('\n')
    return rsaSigner(pair.privateKey)([url, app, time, changed(body)].join('\n'))
  }

  test.each<[number, string, Change, SecureModeSettings | null, string]>([
    [
      40230,
      'Serial missing',
      { signedSerial: 'rsa-1' },
      { ...SECURE, signedText: 'with-serial' },
      'Wechatmp-Serial is missing',
    ],
    [40231, 'TimeStamp missing', { headers: { 'Wechatmp-TimeStamp': null } }, SECURE, 'Wechatmp-TimeStamp is missing'],
    [40232, 'Signature missing', { headers: { 'Wechatmp-Signature': null } }, SECURE, 'Wechatmp-Signature is missing'],
    [40233, 'AppId missing', { headers: { 'Wechatmp-AppId': null } }, SECURE, 'Wechatmp-AppId is missing'],
    [
      40234,
      'another private key',
      { sign: rsaSigner(stranger.privateKey) },
      SECURE,
      'private key, URL, timestamp or body',
    ],
    [40234, 'PKCS#1 padding', { sign: pkcs1 }, SECURE, 'it must be PSS with a salt of 32'],
    [40234, 'the number signed too', { signedSerial: 'rsa-1' }, SECURE, 'has the number of the key in it'],
    [
      40234,
      'the number not signed',
      { headers: { 'Wechatmp-Serial': 'rsa-1' } },
      { ...SECURE, signedText: 'with-serial' },
      'lacks the number of the key',
    ],
    [40234, 'another URL', { signedPath: '/wxa/other' }, SECURE, 'private key, URL, timestamp or body'],
    [40234, 'a changed body', { body: changed }, SECURE, 'private key, URL, timestamp or body'],
    [40235, 'a changed ciphertext', { body: changed, sign: signChanged }, SECURE, 'it does not open: key, AAD'],
    [
      40235,
      'another key',
      { key: { ...AES, key: Buffer.alloc(32, 8).toString('base64') } },
      SECURE,
      'it does not open',
    ],
    [40235, 'another key number', { key: { ...AES, serial: 'other' } }, SECURE, 'it does not open'],
    [40236, 'no app', { headers: { 'Wechatmp-AppId': 'wxffffffffffffffff' } }, SECURE, 'is no app: wxffffffffffffffff'],
    [
      40237,
      'the app of somebody else',
      { headers: { 'Wechatmp-AppId': BOOKS.appId } },
      SECURE,
      'is not the app of the access_token',
    ],
    [40238, 'no symmetric key', {}, { asymmetric: RSA }, 'no symmetric key is set'],
    [40239, 'no public key', {}, null, 'no public key is set'],
    [40240, 'old', { at: START - 301_000 }, SECURE, 'more than five minutes away'],
    [40240, 'from the future', { at: START + 301_000 }, SECURE, 'more than five minutes away'],
    [40240, 'no number', { headers: { 'Wechatmp-TimeStamp': 'now' } }, SECURE, 'more than five minutes away'],
  ])('%i: %s', async (errcode, _, change, settings, cause) => {
    const { call, noted } = createSecure(settings)
    const response = await call({ code: 'x' }, change)
    expect(await response.json()).toEqual({ errcode, errmsg: expect.stringMatching(/^API_\w+ rid: /) })
    expect(response.headers.has('wechatmp-signature')).toBe(false)
    expect(noted(`POST ${PHONE}`)?.text.en).toContain(cause)
    expect(noted(`POST ${PHONE}`)?.text.zh).toMatch(/[一-龥]/)
  })

  test('40235: a body that is not encrypted', async () => {
    const { send, stableToken } = createSecure()
    const url = `https://api.weixin.qq.com${PHONE}`
    const text = apiSignatureText({ url, appId: TEA.appId, timestamp: START / 1000 }, '{"code":"x"}')
    const headers = {
      'Wechatmp-AppId': TEA.appId,
      'Wechatmp-TimeStamp': String(START / 1000),
      'Wechatmp-Signature': rsaSigner(pair.privateKey)(text),
    }
    const init = { method: 'POST', body: '{"code":"x"}', headers }
    const response = await send(`${PHONE}?access_token=${await stableToken()}`, init)
    expect(await response.json()).toMatchObject({ errcode: 40235 })
  })

  test('a bad access_token is refused before everything else', async () => {
    expect(await (await createSecure().call({}, { token: 'x' })).json()).toMatchObject({ errcode: 40014 })
  })
})

describe('the platform certificate', () => {
  test('rotates: both sign for a while, and whoever holds the old one is warned', async () => {
    const { call, control, code } = createSecure()
    const { current: old } = await control.secureMode.platformKey(TEA.appId)
    const { current, former } = await control.secureMode.rotate(TEA.appId)
    expect(former).toEqual(old)
    expect(current.serial).not.toBe(old.serial)
    const response = await call(await code())
    expect(response.headers.get('wechatmp-serial')).toBe(current.serial)
    expect(response.headers.get('wechatmp-serial-deprecated')).toBe(old.serial)
    const answer = openApiResponse({
      url: `https://api.weixin.qq.com${PHONE}`,
      appId: TEA.appId,
      now: START,
      key: AES,
      certificate: { serial: old.serial, verify: rsaVerifier(old.publicKey) },
      headers: response.headers,
      body: await response.text(),
    })
    expect(answer).toMatchObject({ certificateExpiring: true, fields: { errcode: 0 } })
    expect((await control.secureMode.endRotation(TEA.appId)).former).toBeNull()
    expect((await call(await code())).headers.has('wechatmp-serial-deprecated')).toBe(false)
  })

  test('is X.509 for RSA, and verifies the answers as the public key does', async () => {
    const { call, control, code } = createSecure()
    const { current } = await control.secureMode.platformKey(TEA.appId)
    const parsed = new X509Certificate(current.certificate ?? '')
    expect(parsed.subject).toBe(`CN=${TEA.appId}`)
    expect(parsed.verify(parsed.publicKey)).toBe(true)
    const response = await call(await code())
    const answer = openApiResponse({
      url: `https://api.weixin.qq.com${PHONE}`,
      appId: TEA.appId,
      now: START,
      key: AES,
      certificate: { serial: current.serial, verify: rsaVerifier(current.certificate ?? '') },
      headers: response.headers,
      body: await response.text(),
    })
    expect(answer.fields).toMatchObject({ errcode: 0 })
  })

  test('is kept in a snapshot and its private half is never shown', async () => {
    const { control, emulator } = createSecure()
    const key = await control.secureMode.platformKey(TEA.appId)
    const snapshot = control.snapshot()
    control.reset()
    expect(await control.secureMode.platformKey(TEA.appId)).not.toEqual(key)
    control.restore(snapshot)
    expect(await control.secureMode.platformKey(TEA.appId)).toEqual(key)
    const response = await emulator.fetch(
      new Request('http://x/_emulator/secure-mode/platform-key', {
        method: 'POST',
        body: JSON.stringify({ appId: TEA.appId }),
        headers: { 'content-type': 'application/json' },
      }),
    )
    expect(await response.json()).toEqual(key)
    expect(JSON.stringify([key, control.state()])).not.toContain('PRIVATE')
  })

  test('two calls at once have one and the same', async () => {
    const { secureMode } = createSecure({ symmetric: SM4, asymmetric: SM2 }).control
    const [one, two] = await Promise.all([secureMode.platformKey(TEA.appId), secureMode.platformKey(TEA.appId)])
    expect(one).toEqual(two)
  })
})

test('settings are refused by field', () => {
  const { control } = createWorld()
  const set = (settings: object) => () => control.secureMode.configure(TEA.appId, settings as SecureModeSettings)
  expect(set({ symmetric: { ...AES, algorithm: 'DES' } })).toThrow('"secureMode.symmetric.algorithm" must be one of')
  expect(set({ symmetric: { ...AES, key: 'AAAA' } })).toThrow('"secureMode.symmetric.key" must be Base64 of 32 bytes')
  expect(set({ symmetric: { ...SM4, key: AES.key } })).toThrow('must be Base64 of 16 bytes')
  expect(set({ asymmetric: { ...RSA, publicKey: pair.privateKey } })).toThrow('must be a public key for RSAwithSHA256')
  expect(set({ asymmetric: { ...RSA, publicKey: 'x' } })).toThrow('"secureMode.asymmetric.publicKey" must be')
  expect(set({ asymmetric: { ...SM2, publicKey: pair.publicKey } })).toThrow('must be a public key for SM2withSM3')
  expect(set({ signedText: 'both' })).toThrow('"secureMode.signedText" must be one of')
  const apps = [{ ...TEA, secureMode: { symmetric: 1 } }]
  expect(() => createWorld({ apps: apps as never })).toThrow('"apps[0].secureMode.symmetric" must be an object')
})

test('without a public key there is no platform key to show', async () => {
  const { control, ask } = createWorld()
  await expect(control.secureMode.platformKey(TEA.appId)).rejects.toThrow('has no public key set')
  const init = {
    method: 'POST',
    body: JSON.stringify({ appId: TEA.appId }),
    headers: { 'content-type': 'application/json' },
  }
  expect(await ask('/_emulator/secure-mode/rotate', init)).toMatchObject({ error: { code: 'no-secure-mode' } })
  const settings = { ...init, body: JSON.stringify({ appId: TEA.appId, secureMode: SECURE }) }
  expect(await ask('/_emulator/secure-mode/settings', settings)).toEqual({ ok: true })
  expect(await ask('/_emulator/secure-mode/rotate', init)).toMatchObject({ former: { algorithm: 'RSAwithSHA256' } })
  expect(await ask('/_emulator/secure-mode/end-rotation', init)).toMatchObject({ former: null })
  expect(() => control.secureMode.configure(TEA.appId, null)).not.toThrow()
})
