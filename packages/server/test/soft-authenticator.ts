import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { PasskeyCredential, PasskeyOptions } from '@weapp-auth/protocol/contract'

interface SoftOptions {
  /** What the browser says. */
  readonly origin: string
  readonly host?: string
  /** False: whoever holds it was not asked for finger, face or PIN. */
  readonly verifiesUser?: boolean
}

/** An authenticator in software: ES256, no attestation (WebAuthn Level 3, sections 6.1, 6.5, 8.7). */
export function createSoftAuthenticator({ origin, host = new URL(origin).hostname, verifiesUser = true }: SoftOptions) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(32)
  let counter = 0

  const clientData = (type: string, { challenge }: PasskeyOptions) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))

  function authenticatorData(flags: number, more: Uint8Array = Buffer.alloc(0)): Buffer {
    counter += 1
    const head = Buffer.alloc(5)
    head.writeUInt8(flags | 0x01 | (verifiesUser ? 0x04 : 0))
    head.writeUInt32BE(counter, 1)
    return Buffer.concat([sha256(Buffer.from(host)), head, more])
  }

  function credential(response: Readonly<Record<string, Uint8Array>>): PasskeyCredential {
    const name = id.toString('base64url')
    const texts = Object.entries(response).map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64url')])
    return {
      id: name,
      rawId: name,
      type: 'public-key',
      response: Object.fromEntries(texts),
      clientExtensionResults: {},
    }
  }

  return {
    create(options: PasskeyOptions): PasskeyCredential {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(id.length)
      const data = authenticatorData(0x40, Buffer.concat([Buffer.alloc(16), length, id, coseKey()]))
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        cborText('fmt'),
        cborText('none'),
        cborText('attStmt'),
        Buffer.from([0xa0]),
        cborText('authData'),
        Buffer.from([0x59, data.length >> 8, data.length & 0xff]),
        data,
      ])
      return credential({ clientDataJSON: clientData('webauthn.create', options), attestationObject })
    },
    get(options: PasskeyOptions): PasskeyCredential {
      const clientDataJSON = clientData('webauthn.get', options)
      const data = authenticatorData(0)
      const signature = createSign('sha256').update(data).update(sha256(clientDataJSON)).sign(privateKey)
      return credential({ clientDataJSON, authenticatorData: data, signature })
    },
    /** As if it had been copied, and the copy were behind. */
    turnBack() {
      counter = 0
    },
  }

  /** `{1: 2, 3: -7, -1: 1, -2: x, -3: y}` (RFC 9053, section 7.1). */
  function coseKey(): Buffer {
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
    const point = (text: string) => Buffer.concat([Buffer.from([0x58, 32]), Buffer.from(text, 'base64url')])
    const head = Buffer.from([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21])
    return Buffer.concat([head, point(x), Buffer.from([0x22]), point(y)])
  }
}

function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 | text.length]), Buffer.from(text)])
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
