import { constants, verify as verifyBytes } from 'node:crypto'
import { type ApiScene, apiSignatureText, openApiBody } from '@weapp-auth/protocol/wechat'
import { type Refused, refuse } from '../api/endpoint.ts'
import { checkToken } from '../api/read-token.ts'
import { type EndpointName, endpointAt } from '../platform/endpoint-paths.ts'
import type { Platform } from '../platform/platform.ts'
import { cipherOf, signatureOf } from './algorithms.ts'
import { type FullSecureModeSettings, readSecureMode } from './secure-mode-settings.ts'

/** The APIs whose pages carry the note on secure mode. */
const SECURE_APIS: ReadonlySet<EndpointName> = new Set([
  'getPhoneNumber',
  'checkEncryptedData',
  'getPluginOpenPId',
  'getUserEncryptKey',
  'clearQuota',
  'getApiQuota',
  'getRidInfo',
])

const FRESH_MS = 300_000

/** A call as it came in. */
export interface SecureCall {
  readonly path: string
  readonly headers: Headers
  readonly query: URLSearchParams
  readonly body: string
}

/** The call as an endpoint reads it, and whom to answer how. */
export interface OpenedCall {
  readonly query: URLSearchParams
  readonly body: string
  readonly appId: string
  readonly settings: FullSecureModeSettings & Required<Pick<FullSecureModeSettings, 'symmetric' | 'asymmetric'>>
}

/**
 * Verifies and decrypts a call of secure mode ("服务端 API 签名加密指南"): null when it is a plain call that may be one,
 * otherwise what was inside, or WeChat's refusal (40230 to 40240).
 */
export async function openRequest(platform: Platform, call: SecureCall): Promise<OpenedCall | Refused | null> {
  const name = endpointAt(call.path)
  if (name === undefined || !SECURE_APIS.has(name)) return null
  const token = checkToken(platform, call.query.get('access_token') ?? '')
  const required = !('granted' in token) && settingsOf(platform, token.appId).required
  if (!isSigned(call.headers) && !required) return null
  if ('granted' in token) return token
  return openSigned(platform, call, token.appId)
}

async function openSigned(platform: Platform, call: SecureCall, appId: string): Promise<OpenedCall | Refused> {
  const settings = settingsOf(platform, appId)
  const { symmetric, asymmetric } = settings
  const wrong = checkHeaders(platform, call.headers, appId, settings)
  if (wrong) return wrong
  if (!asymmetric) return refuse(40239, '没有设置公钥', 'no public key is set', { appId })
  if (!symmetric) return refuse(40238, '没有设置对称密钥', 'no symmetric key is set', { appId })
  const timestamp = Number(call.headers.get('wechatmp-timestamp'))
  if (!(Math.abs(platform.clock.now() - timestamp * 1000) <= FRESH_MS))
    return refuse(40240, '时间戳与现在相差超过五分钟', 'the timestamp is more than five minutes away', { appId })

  const scene = { url: `https://api.weixin.qq.com${call.path}`, appId, timestamp }
  const bad = await checkSignature(call, scene, { ...settings, asymmetric })
  if (bad) return bad
  const cipher = await cipherOf(symmetric.algorithm)
  const fields = openApiBody(scene, { serial: symmetric.serial, key: symmetric.key, cipher }, call.body)
  if (!fields) return badBody(call.body, appId)
  return { ...asPlain(call.query, fields), appId, settings: { ...settings, symmetric, asymmetric } }
}

export function settingsOf({ state }: Platform, appId: string): FullSecureModeSettings {
  return readSecureMode(state.directory.findApp(appId)?.secureMode ?? {}, 'secureMode')
}

function isSigned(headers: Headers): boolean {
  return [...headers.keys()].some(name => name.startsWith('wechatmp-'))
}

function checkHeaders(
  { state }: Platform,
  headers: Headers,
  appId: string,
  { signedText, asymmetric }: FullSecureModeSettings,
): Refused | null {
  const missing = (errcode: number, name: string) =>
    headers.get(name) ? null : refuse(errcode, `缺少请求头 ${name}`, `the header ${name} is missing`, { appId })
  const lacking =
    (signedText === 'with-serial' ? missing(40230, 'Wechatmp-Serial') : null) ??
    missing(40231, 'Wechatmp-TimeStamp') ??
    missing(40232, 'Wechatmp-Signature') ??
    missing(40233, 'Wechatmp-AppId')
  if (lacking) return lacking
  const given = headers.get('wechatmp-appid') ?? ''
  if (!state.directory.findApp(given))
    return refuse(40236, `Wechatmp-AppId 不是小程序：${given}`, `Wechatmp-AppId is no app: ${given}`, { appId })
  if (given !== appId)
    return refuse(
      40237,
      `Wechatmp-AppId 与 access_token 的小程序不同：${given}`,
      `Wechatmp-AppId is not the app of the access_token: ${given}`,
      { appId },
    )
  const serial = headers.get('wechatmp-serial')
  if (signedText === 'with-serial' && asymmetric && serial !== asymmetric.serial)
    return refuse(40234, 'Wechatmp-Serial 不是公钥的编号', 'Wechatmp-Serial is not the number of the public key', {
      appId,
    })
  return null
}

async function checkSignature(
  { headers, body }: SecureCall,
  scene: ApiScene,
  {
    asymmetric,
    signedText,
  }: OpenedCall['settings'] | (FullSecureModeSettings & Required<Pick<FullSecureModeSettings, 'asymmetric'>>),
): Promise<Refused | null> {
  const { algorithm, publicKey, serial } = asymmetric
  const verify = (await signatureOf(algorithm)).verifier(publicKey, serial)
  const signature = headers.get('wechatmp-signature') ?? ''
  const withSerial = apiSignatureText(scene, body, serial)
  const without = apiSignatureText(scene, body)
  const [wanted, other] = signedText === 'with-serial' ? [withSerial, without] : [without, withSerial]
  if (verify(wanted, signature)) return null
  const [zh, en] = verify(other, signature)
    ? signedText === 'with-serial'
      ? ['签名文本里没有密钥编号', 'the signed text lacks the number of the key']
      : [
          '签名文本里多了密钥编号（signedText 可以改）',
          'the signed text has the number of the key in it (see signedText)',
        ]
    : algorithm === 'RSAwithSHA256' && fitsPkcs1(publicKey, wanted, signature)
      ? [
          '用了 PKCS#1 v1.5 填充，应当是 PSS、盐 32 字节',
          'the padding is PKCS#1 v1.5; it must be PSS with a salt of 32 bytes',
        ]
      : ['私钥、网址、时间戳或请求体与签名时不同', 'private key, URL, timestamp or body are not those that were signed']
  return refuse(40234, `签名不对：${zh}`, `the signature would not verify: ${en}`, { appId: scene.appId })
}

function fitsPkcs1(publicKey: string, text: string, signature: string): boolean {
  const key = { key: publicKey, padding: constants.RSA_PKCS1_PADDING }
  return verifyBytes('sha256', Buffer.from(text), key, Buffer.from(signature, 'base64'))
}

function badBody(body: string, appId: string): Refused {
  const shaped = ['iv', 'data', 'authtag'].every(name => body.includes(`"${name}"`))
  return shaped
    ? refuse(
        40235,
        '解不开：密钥、AAD（网址|appid|时间戳|密钥编号）、_appid 或 _timestamp 不对',
        'it does not open: key, AAD (url|appid|timestamp|key number), _appid or _timestamp are wrong',
        { appId },
      )
    : refuse(40235, '请求体不是 {iv, data, authtag}', 'the body is not {iv, data, authtag}', { appId })
}

/** Query and body in one: an endpoint finds its fields where it looks for them. */
function asPlain(
  query: URLSearchParams,
  fields: Readonly<Record<string, unknown>>,
): Pick<OpenedCall, 'query' | 'body'> {
  const plain = new URLSearchParams({ access_token: query.get('access_token') ?? '' })
  for (const [name, value] of Object.entries(fields))
    if (name !== 'access_token' && typeof value !== 'object') plain.set(name, String(value))
  return { query: plain, body: JSON.stringify(fields) }
}
