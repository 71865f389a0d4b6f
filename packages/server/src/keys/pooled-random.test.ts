import { expect, it } from 'vitest'
import { createPooledRandom } from './pooled-random.ts'

it('never hands out the same bytes twice, in any mix of lengths', () => {
  const random = createPooledRandom()
  const lengths = [16, 12, 32, 4096, 16, 5000, 4090, 16]
  const seen = new Set<string>()
  let blocks = 0
  for (let round = 0; round < 50; round += 1)
    for (const length of lengths) {
      const bytes = random.bytes(length)
      expect(bytes).toHaveLength(length)
      for (let at = 0; at + 12 <= length; at += 12) {
        seen.add(Buffer.from(bytes.subarray(at, at + 12)).toString('hex'))
        blocks += 1
      }
    }
  expect(seen.size).toBe(blocks)
})

it('gives bytes of their own: writing to them spoils nothing', () => {
  const random = createPooledRandom()
  const first = random.bytes(16)
  first.fill(7)
  expect(Buffer.from(random.bytes(16)).equals(Buffer.from(first))).toBe(false)
})
