import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { Keyring } from '@weapp-auth/server'

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Made by hand, without a library that could refuse to. */
export function tokensOf(keys: Keyring, issuer: string, userId: string) {
  const [signing] = keys.signing
  if (!signing) throw new Error('no signing key')
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, signing.secret]), format: 'der', type: 'pkcs8' })
  const iat = Math.floor(Date.now() / 1000)
  const claims = { iss: issuer, aud: issuer, sub: userId, client_id: 'wx', sid: 's', jti: 'j', iat, exp: iat + 60 }
  const header = { alg: 'EdDSA', typ: 'at+jwt', kid: signing.kid }
  const stranger = generateKeyPairSync('ed25519').privateKey
  const make = (head: object, body: object, by: KeyObject = key) =>
    signed({ ...header, ...head }, { ...claims, ...body }, text => sign(null, Buffer.from(text), by))

  return {
    right: make({}, {}),
    /** Each is signed by our own key or tries to do without. */
    wrong: {
      expired: make({}, { iat: iat - 4000, exp: iat - 3600 }),
      'of another issuer': make({}, { iss: 'https://other.example.com' }),
      'for somebody else': make({}, { aud: 'https://other.example.com' }),
      'of another type': make({ typ: 'JWT' }, {}),
      'signed by a stranger': make({}, {}, stranger),
      'with a path as kid': make({ kid: '../../../../dev/null' }, {}),
      'with alg none': signed({ ...header, alg: 'none' }, claims, () => Buffer.alloc(0)),
      'signed with the public key as a secret': signed({ ...header, alg: 'HS256' }, claims, text =>
        createHmac('sha256', createPublicKey(key).export({ format: 'pem', type: 'spki' }))
          .update(text)
          .digest(),
      ),
      nonsense: 'a.b.c',
    },
  }
}

function signed(header: object, claims: object, by: (text: string) => Buffer): string {
  const text = [header, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${by(text).toString('base64url')}`
}
