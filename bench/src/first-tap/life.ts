/** How likely everything is: all weights of the bench stand here. They are guesses, chosen to meet each trouble often. */
import fc from 'fast-check'
import type { Rotator, SecondTap, Spell, Step, Timeline } from './timeline.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** A time from `least` to `most` milliseconds, each power of ten alike; shrinks to `least`. */
const time = (least: number, most: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 1000 }).map(share => Math.round(least * (most / least) ** (share / 1000)))

/** `arbitrary` in so many of a hundred timelines, else `otherwise`, which it also shrinks to. */
const inPercent = <T, U>(percent: number, arbitrary: fc.Arbitrary<T>, otherwise: U): fc.Arbitrary<T | U> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: 100 - percent, arbitrary: fc.constant(otherwise) },
    { weight: percent, arbitrary },
  )

const wait = (ms: fc.Arbitrary<number>) => ms.map((ms): Step => ({ do: 'wait', ms }))
const away = (ms: fc.Arbitrary<number>) => ms.map((ms): Step => ({ do: 'away', ms }))
const rotate = fc
  .oneof(
    { weight: 35, arbitrary: fc.constant<Rotator>('page') },
    { weight: 30, arbitrary: fc.constant<Rotator>('device') },
    { weight: 20, arbitrary: fc.constant<Rotator>('prefetch') },
    { weight: 15, arbitrary: fc.constant<Rotator>('plugin') },
  )
  .map((by): Step => ({ do: 'rotate', by }))
const setClock = fc
  .tuple(fc.constantFrom(-1, 1), time(minute, 2 * day))
  .map(([sign, ms]): Step => ({ do: 'set-clock', ms: sign * ms }))

/** Steps one after the other; what did not happen is left out. */
const inOrder = (...steps: readonly fc.Arbitrary<Step | readonly Step[] | null>[]): fc.Arbitrary<readonly Step[]> =>
  fc.tuple(...steps).map(all => all.flatMap(step => step ?? []))

const untilTap = fc.oneof(
  { weight: 12, arbitrary: time(50, 800) },
  { weight: 43, arbitrary: time(second, 20 * second) },
  { weight: 22, arbitrary: time(20 * second, 5 * minute) },
  { weight: 15, arbitrary: time(5 * minute, 30 * minute) },
  { weight: 8, arbitrary: time(30 * minute, 6 * hour) },
)

const backgroundStay = fc.oneof(
  { weight: 30, arbitrary: time(second, 5 * second) },
  { weight: 50, arbitrary: time(5 * second, 29 * minute) },
  { weight: 20, arbitrary: time(31 * minute, 10 * hour) },
)

/** What is left of the time before the tap when the key was replaced. */
const lastWait = fc.oneof(
  { weight: 70, arbitrary: time(20, 8 * second) },
  { weight: 30, arbitrary: time(8 * second, 10 * minute) },
)

const before = inOrder(
  wait(untilTap),
  inPercent(16, away(backgroundStay), null),
  inPercent(9, rotate, null),
  inPercent(12, wait(time(second, 10 * minute)), null),
  inPercent(
    12,
    rotate.chain(rotated => fc.tuple(fc.constant(rotated), wait(lastWait))),
    null,
  ),
  inPercent(4, setClock, null),
  inPercent(50, wait(time(20, 2 * second)), null),
)

const thinking = fc.oneof(
  { weight: 92, arbitrary: time(800, 30 * second) },
  { weight: 4, arbitrary: time(30 * second, 5 * minute) },
  { weight: 4, arbitrary: time(5 * minute, 8 * minute) },
)

const sheet = inOrder(
  wait(thinking),
  inPercent(6, rotate, null),
  inPercent(6, away(backgroundStay), null),
  inPercent(2, setClock, null),
  inPercent(6, wait(time(500, 10 * second)), null),
)

const after = inOrder(
  inPercent(8, wait(time(5, 500)), null),
  inPercent(8, rotate, null),
  inPercent(5, away(time(500, 10 * minute)), null),
)

/** The impatient second tap. */
const secondTap = fc.record<SecondTap>({
  during: fc.constantFrom('sheet', 'submission'),
  afterMs: time(80, 700),
})

type SpellDraw = Omit<Spell, 'what' | 'from' | 'byMs'> & { readonly byMs?: number }

const spell = (what: Spell['what'], from: Spell['from'], draw: Record<keyof SpellDraw, fc.Arbitrary<number>>) =>
  fc.record(draw).map((drawn): Spell => ({ what, from, ...drawn }))
const atOnce = fc.constant(0)

const spells = fc
  .tuple(
    inPercent(
      10,
      spell('login-slow', 'launch', { afterMs: atOnce, forMs: time(second, 30 * second), byMs: time(500, 9 * second) }),
      null,
    ),
    inPercent(3, spell('login-lost', 'launch', { afterMs: atOnce, forMs: time(100, 20 * second), byMs: atOnce }), null),
    inPercent(
      3,
      spell('login-slow', 'event', { afterMs: atOnce, forMs: time(second, minute), byMs: time(500, 9 * second) }),
      null,
    ),
    inPercent(
      4,
      spell('server-down', 'launch', { afterMs: atOnce, forMs: time(second, 2 * minute), byMs: atOnce }),
      null,
    ),
    inPercent(3, spell('answer-lost', 'launch', { afterMs: atOnce, forMs: time(300, 5 * second), byMs: atOnce }), null),
    inPercent(
      4,
      spell('request-lost', 'event', { afterMs: time(1, 300), forMs: time(300, 20 * second), byMs: atOnce }),
      null,
    ),
    inPercent(5, spell('answer-lost', 'event', { afterMs: atOnce, forMs: time(300, 20 * second), byMs: atOnce }), null),
    inPercent(
      2,
      spell('answer-silent', 'event', { afterMs: atOnce, forMs: time(300, 5 * second), byMs: atOnce }),
      null,
    ),
    inPercent(5, spell('server-down', 'event', { afterMs: atOnce, forMs: time(500, 10 * minute), byMs: atOnce }), null),
    inPercent(
      4,
      spell('server-slow', 'event', { afterMs: atOnce, forMs: time(second, 2 * minute), byMs: time(500, 30 * second) }),
      null,
    ),
    inPercent(3, spell('wechat-down', 'event', { afterMs: atOnce, forMs: time(500, 5 * minute), byMs: atOnce }), null),
  )
  .map(all => all.filter(one => one !== null))

/** A timeline, drawn by the weights of this file. */
export const life: fc.Arbitrary<Timeline> = fc.noBias(
  fc.record({
    library: fc.oneof(
      { withCrossShrink: true },
      { weight: 75, arbitrary: fc.constant('3.17.0' as const) },
      { weight: 10, arbitrary: fc.constant('2.30.0' as const) },
      { weight: 15, arbitrary: fc.constant('2.20.0' as const) },
    ),
    platform: fc.constantFrom('ios', 'android'),
    earlierMs: inPercent(35, time(hour, 20 * day), null),
    before,
    privacy: fc.oneof(
      { withCrossShrink: true },
      { weight: 80, arbitrary: fc.constant('agreed-before' as const) },
      { weight: 14, arbitrary: fc.constant('agrees' as const) },
      { weight: 6, arbitrary: fc.constant('refuses-first' as const) },
    ),
    refusals: inPercent(10, fc.array(fc.constantFrom('deny', 'cancel'), { minLength: 1, maxLength: 2 }), []),
    sheet,
    after,
    secondTap: inPercent(10, secondTap, null),
    spells,
    clockOffMs: inPercent(
      4,
      fc.tuple(fc.constantFrom(-1, 1), time(minute, 2 * day)).map(([sign, ms]) => sign * ms),
      0,
    ),
    latencyMs: time(15, 400),
    patienceMs: time(20 * second, minute),
    readsMs: time(3 * second, 15 * second),
  }),
)

/** So many timelines of this seed, always the same. */
export const drawTimelines = (seed: number, count: number): readonly Timeline[] =>
  fc.sample(life, { seed, numRuns: count })
