import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { der } from './der.ts'

/** A certificate and its private key, in PEM. */
export interface Certified {
  readonly certificate: string
  readonly key: string
}

/** Who signs. */
export interface Issuer {
  readonly name: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

interface Subject {
  readonly name: string
  readonly days: number
  /** By what it says of itself. */
  readonly extensions: (keyId: Uint8Array) => readonly Uint8Array[]
}

const ECDSA_SHA256 = der.sequence(der.oid('1.2.840.10045.4.3.2'))
const RSA_SHA256 = der.sequence(der.oid('1.2.840.113549.1.1.11'), der.null)
const DAY_MS = 86_400_000

/** Keys on the curve P-256. */
export function newKeys(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

/** An X.509 certificate (RFC 5280) with a key of its own, or with the issuer's when it signs itself. */
export function issueCertificate(issuer: Issuer, subject: Subject, keys = newKeys()): Certified {
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' })
  const now = Date.now()
  // A day earlier: the clock of a container may be slow.
  const validity = [now - DAY_MS, now + subject.days * DAY_MS].map(at => der.time(new Date(at)))
  const algorithm = issuer.privateKey.asymmetricKeyType === 'rsa' ? RSA_SHA256 : ECDSA_SHA256
  const body = der.sequence(
    der.explicit(0, der.integer(2)),
    der.integer(1, ...randomBytes(15)),
    algorithm,
    nameOf(issuer.name),
    der.sequence(...validity),
    nameOf(subject.name),
    spki,
    der.explicit(3, der.sequence(...subject.extensions(keyIdOf(keys.publicKey)), authorityOf(issuer))),
  )
  const signature = sign('sha256', body, issuer.privateKey)
  const certificate = der.sequence(body, algorithm, der.bits(0, signature))
  return {
    certificate: pem('CERTIFICATE', certificate),
    key: String(keys.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  }
}

/** What a certificate authority for these names, and no others, says of itself. */
export function authorityExtensions(names: readonly string[]): Subject['extensions'] {
  const permitted = [
    ...names.map(name => der.sequence(der.implicit(2, Buffer.from(name)))),
    der.sequence(der.implicit(7, Uint8Array.from([127, 0, 0, 0, 255, 0, 0, 0]))),
  ]
  return keyId => [
    critical('2.5.29.19', der.sequence(der.true, der.integer(0))),
    // keyCertSign and cRLSign
    critical('2.5.29.15', der.bits(1, Uint8Array.from([0b0000_0110]))),
    // Whoever trusts it trusts it for nothing else.
    critical('2.5.29.30', der.sequence(der.explicit(0, ...permitted))),
    extension('2.5.29.14', der.octets(keyId)),
  ]
}

/** What a certificate that signs messages says of itself. */
export function signerExtensions(): Subject['extensions'] {
  return keyId => [
    critical('2.5.29.19', der.sequence()),
    // digitalSignature
    critical('2.5.29.15', der.bits(7, Uint8Array.from([0b1000_0000]))),
    extension('2.5.29.14', der.octets(keyId)),
  ]
}

/** What a server with these names says of itself. */
export function serverExtensions(names: readonly string[]): Subject['extensions'] {
  const alternatives = [
    ...names.map(name => der.implicit(2, Buffer.from(name))),
    der.implicit(7, Uint8Array.from([127, 0, 0, 1])),
  ]
  return keyId => [
    critical('2.5.29.19', der.sequence()),
    // digitalSignature
    critical('2.5.29.15', der.bits(7, Uint8Array.from([0b1000_0000]))),
    extension('2.5.29.37', der.sequence(der.oid('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', der.sequence(...alternatives)),
    extension('2.5.29.14', der.octets(keyId)),
  ]
}

function extension(oid: string, value: Uint8Array): Uint8Array {
  return der.sequence(der.oid(oid), der.octets(value))
}

function critical(oid: string, value: Uint8Array): Uint8Array {
  return der.sequence(der.oid(oid), der.true, der.octets(value))
}

function authorityOf({ publicKey }: Issuer): Uint8Array {
  return extension('2.5.29.35', der.sequence(der.implicit(0, keyIdOf(publicKey))))
}

function keyIdOf(key: KeyObject): Uint8Array {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
}

function nameOf(commonName: string): Uint8Array {
  return der.sequence(der.set(der.sequence(der.oid('2.5.4.3'), der.text(commonName))))
}

function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
