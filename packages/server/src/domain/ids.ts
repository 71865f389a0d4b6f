import { v7 } from 'uuid'

/** Makes one id per call. */
export type Ids = () => string

/**
 * UUIDs of version 7 (RFC 9562 section 5.7): ordered by time, and by call within one millisecond, so that rows are
 * appended to their table. A clock that jumps back does not break the order.
 *
 * @example
 * const newId = createIds({ clock: { now: () => 0 }, random: { bytes: length => new Uint8Array(length) } })
 * newId() // '00000000-0000-7000-8000-000000000000'
 */
export function createIds({
  clock,
  random,
}: {
  readonly clock: { now(): number }
  readonly random: { bytes(length: number): Uint8Array }
}): Ids {
  let msecs = Number.NEGATIVE_INFINITY
  let seq = 0
  return () => {
    const bytes = random.bytes(16)
    const now = clock.now()
    if (now > msecs) {
      msecs = now
      // 31 bits of 32: room for two thousand million ids within one millisecond.
      seq = new DataView(bytes.buffer, bytes.byteOffset).getUint32(6) >>> 1
    } else {
      seq += 1
    }
    return v7({ msecs, seq, random: bytes })
  }
}
