import { type CipherKey, createCipheriv, createDecipheriv } from 'node:crypto'

const version = 1
/** AES-256-GCM with a nonce of 12 and a tag of 16 bytes. */
const algorithm = 1
const headLength = 4
const nonceLength = 12
const tagLength = 16
const overhead = headLength + nonceLength + tagLength
// Without authTagLength Node accepts tags of 4 bytes, and a tag of 4 bytes can be guessed.
const options = { authTagLength: tagLength } as const

/** A sealed record that does not open: damaged, moved to another place, or sealed with another key. No reason is told. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken'
  readonly code = 'seal_broken'

  constructor() {
    super('a sealed record does not open')
  }
}

/** Where a record lives. It is sealed into the record, so that a value cannot be moved to another row, column or app. */
export interface Place {
  readonly table: string
  readonly column: string
  /** `-` for what belongs to the user in every app. */
  readonly appId: string
  readonly userId: string
  readonly row: string
}

function associatedData({ table, column, appId, userId, row }: Place): Buffer {
  return Buffer.from(`wxauth|v1|${table}|${column}|${appId}|${userId}|${row}`)
}

export interface SealInput {
  readonly key: CipherKey
  /** 0 to 65535; tells the reader which key to take. */
  readonly keyId: number
  readonly place: Place
  readonly plain: Uint8Array
  /** 12 bytes, never used twice with one key. */
  readonly nonce: Uint8Array
}

/**
 * Seals bytes as `ver(1) alg(1) keyId(2) nonce(12) ciphertext tag(16)`.
 *
 * @example
 * const place = { table: 'phone', column: 'number', appId: '-', userId: 'u', row: 'r' }
 * const record = seal({ key, keyId: 1, place, plain: Buffer.from('+8613800138000'), nonce })
 * unseal({ key, place, record }).toString() // '+8613800138000'
 */
export function seal({ key, keyId, place, plain, nonce }: SealInput): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, options).setAAD(associatedData(place))
  const head = Buffer.from([version, algorithm, keyId >>> 8, keyId & 0xff])
  const sealed = cipher.update(plain)
  // GCM keeps nothing back: the end makes the tag only.
  cipher.final()
  return Buffer.concat([head, nonce, sealed, cipher.getAuthTag()])
}

/** The id of the key that a record was sealed with. Throws {@link SealBroken} when it is no record of ours. */
export function keyIdOf(record: Uint8Array): number {
  if (record.length < overhead || record[0] !== version || record[1] !== algorithm) throw new SealBroken()
  return new DataView(record.buffer, record.byteOffset).getUint16(2)
}

/** Opens what {@link seal} made. Every failure is the same {@link SealBroken}. */
export function unseal({
  key,
  place,
  record,
}: {
  readonly key: CipherKey
  readonly place: Place
  readonly record: Uint8Array
}): Buffer {
  keyIdOf(record)
  const end = record.length - tagLength
  const nonce = record.subarray(headLength, headLength + nonceLength)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, options)
    .setAAD(associatedData(place))
    .setAuthTag(record.subarray(end))
  try {
    const plain = decipher.update(record.subarray(headLength + nonceLength, end))
    decipher.final()
    return plain
  } catch {
    throw new SealBroken()
  }
}
