/** Bytes as a key of a Map. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
