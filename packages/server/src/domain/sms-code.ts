const codes = 1_000_000
/** The largest multiple of `codes` in 32 bits: a draw above it would make some codes likelier than others. */
const fair = Math.floor(2 ** 32 / codes) * codes

/**
 * Six digits, each code as likely as any other.
 *
 * @example
 * drawSmsCode({ bytes: length => new Uint8Array(length) }) // '000000'
 */
export function drawSmsCode(random: { bytes(length: number): Uint8Array }): string {
  for (;;) {
    const bytes = random.bytes(4)
    const drawn = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
    if (drawn < fair) return String(drawn % codes).padStart(6, '0')
  }
}
