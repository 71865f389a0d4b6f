import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

/** What goes before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410 section 7). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Both halves of an Ed25519 key from its 32 secret bytes. */
export function ed25519Pair(secret: Uint8Array): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Head, secret]), format: 'der', type: 'pkcs8' })
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

/** A public key as a member of a JWK set (RFC 8037). */
export interface PublicJwk {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  /** Base64url of the 32 bytes. */
  readonly x: string
  readonly kid: string
  readonly alg: 'EdDSA'
  readonly use: 'sig'
}

/** The public half as others read it in `/.well-known/jwks.json`. */
export function publicJwk(kid: string, publicKey: KeyObject): PublicJwk {
  return { kty: 'OKP', crv: 'Ed25519', x: publicPoint(publicKey), kid, alg: 'EdDSA', use: 'sig' }
}

/** The thumbprint of a public key (RFC 7638), which names it. */
export function thumbprint(publicKey: KeyObject): string {
  const canonical = `{"crv":"Ed25519","kty":"OKP","x":"${publicPoint(publicKey)}"}`
  return createHash('sha256').update(canonical).digest('base64url')
}

/** The key itself is the end of its SPKI (RFC 8410, section 4). */
function publicPoint(publicKey: KeyObject): string {
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64url')
}
