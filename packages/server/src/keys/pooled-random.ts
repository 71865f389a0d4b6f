import { randomFillSync } from 'node:crypto'
import type { Random } from '../ports/random.ts'

const poolSize = 4096

/**
 * The system's strong randomness, fetched 4 KB at a time: a call costs about the same for 16 bytes as for all of them,
 * and a login needs eight. Bytes are copied out once and wiped from the pool.
 *
 * @example
 * createPooledRandom().bytes(16).length // 16
 */
export function createPooledRandom(): Random {
  const pool = new Uint8Array(poolSize)
  let at = poolSize
  return {
    bytes(length) {
      if (length > poolSize) return randomFillSync(new Uint8Array(length))
      if (at + length > poolSize) {
        randomFillSync(pool)
        at = 0
      }
      const bytes = pool.slice(at, at + length)
      pool.fill(0, at, at + length)
      at += length
      return bytes
    },
  }
}
