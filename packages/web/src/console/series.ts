import type { Sentence } from '@weapp-auth/protocol/contract'

/** One kind of bar in a chart. */
export interface Series {
  readonly name: Sentence
  /** Name of a colour of the pages' palette. */
  readonly colour: '--brand' | '--danger' | '--side-wechat' | '--side-database'
  /** One for each time; `null`: there is none, and a line has a gap. */
  readonly values: readonly (number | null)[]
}

/** The sum of counts by name. */
export const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

/** Counts by name, the largest first. */
export const largest = (counts: Readonly<Record<string, number>>): readonly (readonly [string, number])[] =>
  Object.entries(counts).sort(([, a], [, b]) => b - a)

/** `good` of all as a percentage with one digit; a dash when there were none. */
export function rateOf(good: number, bad: number): string {
  return good + bad === 0 ? '—' : `${((good / (good + bad)) * 100).toFixed(1)} %`
}
