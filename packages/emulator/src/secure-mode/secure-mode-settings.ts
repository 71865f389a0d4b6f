import { createPublicKey } from 'node:crypto'
import { invalidValue } from '../platform/emulator-refusal.ts'
import { optional, readNonEmpty, readObject, readOneOf } from '../platform/read-value.ts'

/** The "API 安全" page of an app in the console ("服务端 API 签名加密指南"). */
export interface SecureModeSettings {
  /** Encrypts requests and answers. Without it: errcode 40238. */
  readonly symmetric?: {
    readonly algorithm: 'AES256_GCM' | 'SM4_GCM'
    /** Number of the key. */
    readonly serial: string
    /** Base64 of 32 bytes, 16 for SM4. */
    readonly key: string
  }
  /** Verifies requests. Without it: errcode 40239. */
  readonly asymmetric?: {
    readonly algorithm: 'RSAwithSHA256' | 'SM2withSM3'
    /** Number of the key. */
    readonly serial: string
    /** PEM; the private half stays with the developer. */
    readonly publicKey: string
  }
  /** Whether plain calls of the APIs that know secure mode are refused. Default: false. */
  readonly required?: boolean
  /**
   * Whether the signed text holds the number of the signing key, as a later variant of the page says; the number comes in
   * the header `Wechatmp-Serial` then (40230 without it). Default: `without-serial`, as the official sample verifies.
   */
  readonly signedText?: 'without-serial' | 'with-serial'
}

export type FullSecureModeSettings = Required<Pick<SecureModeSettings, 'required' | 'signedText'>> & SecureModeSettings

/** @throws EmulatorRefusal that names the bad field */
export function readSecureMode(value: unknown, field: string): FullSecureModeSettings {
  const given = readObject(value, field)
  const symmetric = optional(given.symmetric, one => readSymmetric(one, `${field}.symmetric`))
  const asymmetric = optional(given.asymmetric, one => readAsymmetric(one, `${field}.asymmetric`))
  return {
    required: given.required === true,
    signedText: readOneOf(given.signedText ?? 'without-serial', `${field}.signedText`, [
      'without-serial',
      'with-serial',
    ]),
    ...(symmetric === undefined ? {} : { symmetric }),
    ...(asymmetric === undefined ? {} : { asymmetric }),
  }
}

function readSymmetric(value: unknown, field: string): Required<SecureModeSettings>['symmetric'] {
  const given = readObject(value, field)
  const algorithm = readOneOf(given.algorithm, `${field}.algorithm`, ['AES256_GCM', 'SM4_GCM'])
  const bytes = algorithm === 'AES256_GCM' ? 32 : 16
  const key = readNonEmpty(given.key, `${field}.key`)
  const decoded = Buffer.from(key, 'base64')
  if (decoded.length !== bytes || decoded.toString('base64') !== key)
    throw invalidValue(`${field}.key`, { zh: ` ${bytes} 字节的 Base64`, en: `Base64 of ${bytes} bytes` })
  return { algorithm, serial: readNonEmpty(given.serial, `${field}.serial`), key }
}

function readAsymmetric(value: unknown, field: string): Required<SecureModeSettings>['asymmetric'] {
  const given = readObject(value, field)
  const algorithm = readOneOf(given.algorithm, `${field}.algorithm`, ['RSAwithSHA256', 'SM2withSM3'])
  const publicKey = readNonEmpty(given.publicKey, `${field}.publicKey`)
  const fits = algorithm === 'RSAwithSHA256' ? isRsa(publicKey) : sm2PointOf(publicKey) !== null
  if (!fits)
    throw invalidValue(`${field}.publicKey`, {
      zh: `${algorithm} 的公钥（PEM）`,
      en: `a public key for ${algorithm} in PEM`,
    })
  return { algorithm, serial: readNonEmpty(given.serial, `${field}.serial`), publicKey }
}

function isRsa(pem: string): boolean {
  try {
    return !pem.includes('PRIVATE') && createPublicKey(pem).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}

/** What stands in front of the point in the DER of an SM2 public key. */
const SM2_HEAD = '3059301306072a8648ce3d020106082a811ccf5501822d034200'

/** The point of an SM2 public key in PEM, as hex; null when it is none. */
export function sm2PointOf(pem: string): string | null {
  const inner = /^-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(pem.trim())?.[1]
  const hex = Buffer.from(inner ?? '', 'base64').toString('hex')
  return hex.startsWith(`${SM2_HEAD}04`) && hex.length === SM2_HEAD.length + 130 ? hex.slice(SM2_HEAD.length) : null
}

/** The inverse of {@link sm2PointOf}. */
export function sm2Pem(point: string): string {
  const lines =
    Buffer.from(SM2_HEAD + point, 'hex')
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n')
}
