import { type CipherKey, createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto'

const pot = Buffer.alloc(12 * 1024)
let potAt = pot.length

/** Random bytes, drawn in large portions. They stay as they are until the caller's turn is over. */
export function random(length: number): Buffer {
  if (potAt + length > pot.length) {
    randomFillSync(pot)
    potAt = 0
  }
  potAt += length
  return pot.subarray(potAt - length, potAt)
}

/** nonce(12) ciphertext tag(16), bound to their owner by the additional data. */
export function seal(key: CipherKey, text: string | Uint8Array, owner: string): Buffer {
  const nonce = random(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
  cipher.setAAD(Buffer.from(owner, 'latin1'))
  const body = typeof text === 'string' ? cipher.update(text, 'latin1') : cipher.update(text)
  cipher.final()
  return Buffer.concat([nonce, body, cipher.getAuthTag()])
}

export function open(key: CipherKey, sealed: Buffer, owner: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(Buffer.from(owner, 'latin1'))
  decipher.setAuthTag(sealed.subarray(sealed.length - 16))
  const plain = decipher.update(sealed.subarray(12, sealed.length - 16))
  decipher.final()
  return plain
}
