import { hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Random } from '../ports/random.ts'
import { encodeBase32 } from './base32.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { digest } from './digest.ts'
import type { Ring } from './ring.ts'
import { SealBroken, seal, unseal } from './sealed-record.ts'
import { mac, type SubKeys } from './sub-keys.ts'

const nonceLength = 16
const bodyLength = nonceLength + 6
const macLength = 16
/** The secret of an authenticator is sealed with no root key. */
const ownKeyId = 0

/** What operators sign in with, as far as it needs keys or randomness. */
export interface OperatorSecrets {
  /** 256 random bits for a cookie or a link. Only the hash is kept. */
  newToken(): string
  /** 160 bits in a form to be copied: `4kd2-…`. */
  newSignInKey(): string
  /** 120 bits: more than 112, so that a plain hash may be kept (ASVS 5.0, 6.5.2). */
  newRecoveryCode(): string
  newTotpSecret(): Uint8Array
  /** A challenge that says by itself what it is for and until when; nothing is stored. */
  challenge(purpose: string, until: number): Uint8Array
  isChallenge(text: string, purpose: string, now: number): boolean
  /** Seals the secret of an authenticator with the sign-in key of its owner. */
  sealTotp(signInKey: string, secret: Uint8Array): Uint8Array
  /** `null`: another sign-in key. */
  openTotp(signInKey: string, sealed: Uint8Array): Uint8Array | null
  /** A sealed secret on its way to its owner and back, good for one purpose and time. */
  writeSetup(sealed: Uint8Array, purpose: string, until: number): string
  readSetup(text: string, purpose: string, now: number): Uint8Array | null
}

/** Hash of a token or a code, which are long and random: one SHA-256 does. */
export function operatorHash(kind: 'invitation' | 'recovery' | 'session', secret: string): Uint8Array {
  return digest(`operator-${kind}`, kind === 'session' || kind === 'invitation' ? secret : plainOf(secret))
}

export function createOperatorSecrets({
  ring,
  random,
}: {
  readonly ring: Ring
  readonly random: Random
}): OperatorSecrets {
  const grouped = (length: number) =>
    encodeBase32(random.bytes(length))
      .toLowerCase()
      .replace(/.{4}(?=.)/g, '$&-')

  function tagOf(keys: SubKeys, purpose: string, body: Uint8Array): Buffer {
    const message = digest('operator', purpose, encodeBase64url(body))
    return mac(keys.of('mac/operator'), message).subarray(0, macLength)
  }

  function sign(purpose: string, body: Uint8Array): Buffer {
    return Buffer.concat([body, tagOf(ring.primary, purpose, body)])
  }

  function opened(text: string, purpose: string): Buffer | null {
    const bytes = decodeBase64url(text)
    if (!bytes || bytes.length < macLength) return null
    const body = bytes.subarray(0, -macLength)
    const tag = bytes.subarray(-macLength)
    return ring.all.some(keys => timingSafeEqual(tagOf(keys, purpose, body), tag)) ? body : null
  }

  return {
    newToken: () => encodeBase64url(random.bytes(32)),
    newSignInKey: () => grouped(20),
    newRecoveryCode: () => grouped(15),
    newTotpSecret: () => random.bytes(20),
    challenge(purpose, until) {
      const body = Buffer.alloc(bodyLength)
      body.set(random.bytes(nonceLength))
      body.writeUIntBE(until, nonceLength, 6)
      return sign(`challenge ${purpose}`, body)
    },
    isChallenge(text, purpose, now) {
      const body = opened(text, `challenge ${purpose}`)
      return body?.length === bodyLength && body.readUIntBE(nonceLength, 6) > now
    },
    sealTotp: (signInKey, secret) =>
      seal({ key: keyOf(signInKey), keyId: ownKeyId, place, plain: secret, nonce: random.bytes(12) }),
    openTotp(signInKey, sealed) {
      try {
        return unseal({ key: keyOf(signInKey), place, record: sealed })
      } catch (error) {
        if (error instanceof SealBroken) return null
        throw error
      }
    },
    writeSetup(sealed, purpose, until) {
      const time = Buffer.alloc(6)
      time.writeUIntBE(until, 0, 6)
      return encodeBase64url(sign(`setup ${purpose}`, Buffer.concat([time, sealed])))
    },
    readSetup(text, purpose, now) {
      const body = opened(text, `setup ${purpose}`)
      return body && body.length > 6 && body.readUIntBE(0, 6) > now ? body.subarray(6) : null
    },
  }
}

const place = { table: 'operator', column: 'sealed_totp', appId: '-', userId: '-', row: '-' }

function keyOf(signInKey: string): Uint8Array {
  return Buffer.from(hkdfSync('sha256', plainOf(signInKey), '', 'operator/totp', 32))
}

/** As it may be typed: hyphens, blanks and capitals do not matter. */
function plainOf(secret: string): string {
  return secret.toLowerCase().replace(/[-\s]/g, '')
}
