import { generateKeyPairSync } from 'node:crypto'
import {
  type ApiCipher,
  type ApiSigner,
  type ApiVerifier,
  aes256Gcm,
  rsaSigner,
  rsaVerifier,
} from '@weapp-auth/protocol/wechat'
import { issueCertificate, signerExtensions } from '../certificates/issue-certificate.ts'
import { type SecureModeSettings, sm2Pem, sm2PointOf } from './secure-mode-settings.ts'

type Symmetric = Required<SecureModeSettings>['symmetric']['algorithm']
export type Asymmetric = Required<SecureModeSettings>['asymmetric']['algorithm']

/** A key pair of WeChat's own, in PEM; `certificate` is null for SM2. */
interface GeneratedKey {
  readonly privateKey: string
  readonly publicKey: string
  readonly certificate: string | null
}

/** One way to sign. */
export interface Signature {
  verifier(publicKey: string, serial: string): ApiVerifier
  signer(privateKey: string, serial: string): ApiSigner
  /** Random: the seed has no say. `name` is that of the certificate. */
  generate(name: string): GeneratedKey
}

/** The Chinese algorithms come from a library that most never need: it is loaded when somebody does. */
const chinese = () => import('sm-crypto-v2')

export async function cipherOf(algorithm: Symmetric): Promise<ApiCipher> {
  if (algorithm === 'AES256_GCM') return aes256Gcm
  const { sm4 } = await chinese()
  return {
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
}

export async function signatureOf(algorithm: Asymmetric): Promise<Signature> {
  if (algorithm === 'RSAwithSHA256') return { verifier: rsaVerifier, signer: rsaSigner, generate: generateRsa }
  const { sm2 } = await chinese()
  // The id of SM2withSM3 is the number of the key, not the usual sixteen digits.
  const options = (userId: string) => ({ der: true, hash: true, userId })
  return {
    verifier: (publicKey, serial) => (text, signature) => {
      try {
        const bytes = hex(Buffer.from(signature, 'base64'))
        return sm2.doVerifySignature(text, bytes, sm2PointOf(publicKey) ?? '', options(serial))
      } catch {
        return false
      }
    },
    signer: (privateKey, serial) => text =>
      Buffer.from(sm2.doSignature(text, privateKey, options(serial)), 'hex').toString('base64'),
    generate() {
      const { privateKey, publicKey } = sm2.generateKeyPairHex()
      return { privateKey, publicKey: sm2Pem(publicKey), certificate: null }
    },
  }
}

function generateRsa(name: string): GeneratedKey {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const subject = { name, days: 1825, extensions: signerExtensions() }
  const { certificate, key } = issueCertificate({ name, ...keys }, subject, keys)
  return { privateKey: key, publicKey: String(keys.publicKey.export({ type: 'spki', format: 'pem' })), certificate }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
