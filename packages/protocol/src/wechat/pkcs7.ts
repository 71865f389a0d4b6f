/**
 * PKCS#7 (RFC 5652, section 6.3) for a block of 16 bytes (open data) or 32 bytes (message push).
 * Padding comes after `bytes`; a whole block of it when they fill their last one.
 */
export function padPkcs7(bytes: Uint8Array, block: 16 | 32): Uint8Array {
  const padding = block - (bytes.length % block)
  const padded = new Uint8Array(bytes.length + padding).fill(padding)
  padded.set(bytes)
  return padded
}

/** The bytes without their padding, or `null` when it is not exactly what {@link padPkcs7} writes. */
export function unpadPkcs7(padded: Uint8Array, block: 16 | 32): Uint8Array | null {
  const padding = padded[padded.length - 1] ?? 0
  if (padding < 1 || padding > block) return null
  for (let i = padded.length - padding; i < padded.length; i += 1) if (padded[i] !== padding) return null
  return padded.subarray(0, padded.length - padding)
}
