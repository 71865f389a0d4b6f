import { describe, expect, it } from 'vitest'
import { createIds } from './ids.ts'

const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) }

describe('ids', () => {
  it('are UUIDs of version 7 that carry the time', () => {
    const id = createIds({ clock: { now: () => 0x0199_aabb_ccdd }, random })()
    expect(id).toMatch(/^0199aabb-ccdd-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('sort in the order they were made, also within one millisecond and when the clock jumps back', () => {
    let now = 1_800_000_000_000
    const newId = createIds({ clock: { now: () => now }, random })
    const made = Array.from({ length: 3000 }, (_, index) => {
      if (index === 1000) now += 1
      if (index === 2000) now -= 3_600_000
      return newId()
    })
    expect([...made].sort()).toEqual(made)
    expect(new Set(made).size).toBe(made.length)
  })

  it('differ between two processes that share a clock', () => {
    const clock = { now: () => 1_800_000_000_000 }
    expect(createIds({ clock, random })()).not.toBe(createIds({ clock, random })())
  })
})
