import { expect, it } from 'vitest'
import { drawSmsCode } from './sms-code.ts'

/** Draws these numbers, one after the other. */
function drawing(...numbers: readonly number[]) {
  const left = [...numbers]
  return {
    bytes(length: number) {
      const bytes = new Uint8Array(length)
      new DataView(bytes.buffer).setUint32(0, left.shift() ?? 0)
      return bytes
    },
  }
}

it('is six digits, also when the number is small', () => {
  expect(drawSmsCode(drawing(42))).toBe('000042')
  expect(drawSmsCode(drawing(4_293_999_999))).toBe('999999')
})

it('draws again where codes would not be equally likely', () => {
  expect(drawSmsCode(drawing(4_294_000_000, 0xffffffff, 123_456))).toBe('123456')
})
