/** The few pieces of DER (ITU-T X.690) that a certificate is made of. */
export const der = {
  sequence: (...parts: readonly Uint8Array[]) => encode(0x30, parts),
  set: (...parts: readonly Uint8Array[]) => encode(0x31, parts),
  /** `[number]` around a whole value. */
  explicit: (number: number, ...parts: readonly Uint8Array[]) => encode(0xa0 + number, parts),
  /** `[number]` instead of the tag of a primitive value. */
  implicit: (number: number, content: Uint8Array) => encode(0x80 + number, [content]),
  /** Not negative, as it is written: big-endian. */
  integer: (...bytes: readonly number[]) =>
    encode(0x02, [Uint8Array.from((bytes[0] ?? 0) > 127 ? [0, ...bytes] : bytes)]),
  null: Uint8Array.from([0x05, 0x00]),
  true: Uint8Array.from([0x01, 0x01, 0xff]),
  octets: (content: Uint8Array) => encode(0x04, [content]),
  bits: (unused: number, content: Uint8Array) => encode(0x03, [Uint8Array.from([unused]), content]),
  text: (text: string) => encode(0x0c, [Buffer.from(text)]),
  /** To the second, for years before 2050. */
  time: (at: Date) => encode(0x17, [Buffer.from(`${at.toISOString().replaceAll(/\D/g, '').slice(2, 14)}Z`)]),
  oid,
}

function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return encode(0x06, [Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)])])
}

/** Seven bits a byte, all but the last with the eighth set. */
function base128(value: number): readonly number[] {
  const digits = [value & 127]
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 127) | 128)
  return digits
}

function encode(tag: number, parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Uint8Array.from([tag, ...size]), content])
}
