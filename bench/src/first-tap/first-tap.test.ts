import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assumptions } from './assumptions.ts'
import { drawTimelines, life } from './life.ts'
import { couldSucceed } from './oracle.ts'
import { play } from './play.ts'
import { strategies } from './strategies/index.ts'
import { ours } from './strategies/ours.ts'
import type { Timeline } from './timeline.ts'

/*
 * What `npm run bench:first-tap` promises, on fewer timelines. A failure is shrunk to the smallest timeline that breaks
 * the promise; WEAPP_AUTH_LONG plays more.
 */
const numRuns = process.env.WEAPP_AUTH_LONG ? 400 : 30
const long = 120_000

const calm: Timeline = {
  library: '3.17.0',
  platform: 'ios',
  earlierMs: null,
  before: [{ do: 'wait', ms: 5000 }],
  privacy: 'agreed-before',
  refusals: [],
  sheet: [{ do: 'wait', ms: 1000 }],
  after: [],
  secondTap: null,
  spells: [],
  clockOffMs: 0,
  latencyMs: 50,
  patienceMs: 30_000,
  readsMs: 4000,
}

describe.each(assumptions)('session_key replaced $title.en', assumption => {
  test(
    'whenever anybody succeeds with the first tap weapp-auth does, pays once and says nothing wrong',
    async () => {
      const property = fc.asyncProperty(life, async timeline => {
        const own = await play(timeline, assumption, ours)
        expect(own.wrongWords).toEqual([])
        expect(own.silentTaps).toBe(0)
        if (own.firstTap) expect(own.paidCalls).toBe(1)
        if (own.firstTap || !couldSucceed(timeline, assumption, own.facts)) return
        for (const other of strategies) {
          const { firstTap } = other === ours ? own : await play(timeline, assumption, other)
          expect({ strategy: other.id, firstTap }).toEqual({ strategy: other.id, firstTap: false })
        }
      })
      await fc.assert(property, { seed: 20_261_121, numRuns })
    },
    long,
  )
})

test(
  'what anybody wins the oracle calls possible',
  async () => {
    for (const timeline of drawTimelines(7, numRuns / 2))
      for (const assumption of assumptions.slice(0, 2))
        for (const strategy of strategies) {
          const { firstTap, facts } = await play(timeline, assumption, strategy)
          const possible = couldSucceed(timeline, assumption, facts, 'anything')
          expect(possible || !firstTap, JSON.stringify({ strategy: strategy.id, timeline })).toBe(true)
        }
  },
  long,
)

test(
  'a play depends on its input alone',
  async () => {
    for (const timeline of drawTimelines(3, 5))
      for (const strategy of strategies) {
        const [assumption] = assumptions
        if (!assumption) throw new Error('there are assumptions')
        expect(await play(timeline, assumption, strategy)).toEqual(await play(timeline, assumption, strategy))
      }
  },
  long,
)

test.each([
  ['ours', true],
  ['code', true],
  ['000', true],
  ['001', true],
  ['003a', true],
  ['003b', true],
  ['004', false],
])('when nothing happens, and every login replaces the key, %s succeeds: %s', async (id, succeeds) => {
  const strategy = strategies.find(one => one.id === id)
  const [eachLogin] = assumptions
  if (!strategy || !eachLogin) throw new Error('both exist')
  expect((await play(calm, eachLogin, strategy)).firstTap).toBe(succeeds)
})

test('a key that was replaced just before the tap is beyond everybody without a phone code', async () => {
  const [eachLogin] = assumptions
  if (!eachLogin) throw new Error('there is one')
  const rotated: Timeline = {
    ...calm,
    library: '2.20.0',
    before: [...calm.before, { do: 'rotate', by: 'device' }],
  }
  for (const strategy of strategies) expect((await play(rotated, eachLogin, strategy)).firstTap).toBe(false)
})
