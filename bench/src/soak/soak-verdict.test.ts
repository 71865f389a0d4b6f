import { describe, expect, it } from 'vitest'
import { growthOf, type Holdings, type SoakSample, soakVerdict } from './soak-verdict.ts'

const held: Holdings = { rss: 100, heap: 50, resources: { TCPSocketWrap: 2 }, descriptors: 20 }
const limits = { settleSeconds: 60, growth: 0.05 }
const samples = (rssAt: (second: number) => number): readonly SoakSample[] =>
  Array.from({ length: 30 }, (_, n) => ({ ...held, second: n * 10, rss: rssAt(n * 10) }))

describe('soakVerdict', () => {
  it('lets caches fill before it looks', () => {
    const filling = samples(second => 100 + Math.min(second, 60))
    expect(soakVerdict(filling, { before: held, after: held }, limits)).toEqual([])
  })

  it('finds memory that goes on growing', () => {
    const growing = samples(second => 100 + second / 10)
    expect(growthOf(growing, 60, 'rss')).toBeGreaterThan(0.1)
    expect(soakVerdict(growing, { before: held, after: held }, limits)).toHaveLength(1)
  })

  it('finds a socket, a timer and a file that nobody closed', () => {
    const after = { ...held, resources: { TCPSocketWrap: 3, Timeout: 1 }, descriptors: 21 }
    expect(
      soakVerdict(
        samples(() => 100),
        { before: held, after },
        limits,
      ),
    ).toEqual([
      '3 TCPSocketWrap are open, 2 before the load',
      '1 Timeout are open, 0 before the load',
      '21 file descriptors are open, 20 before the load',
    ])
  })
})
