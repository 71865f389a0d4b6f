import type { Outcome } from './measure.ts'
import { strategies } from './strategies/index.ts'

/** What one strategy did in many timelines. */
export interface Row {
  readonly id: string
  /** Shares of all users. */
  readonly firstTap: number
  readonly never: number
  /** Of those who succeeded. */
  readonly meanTaps: number
  readonly p99Taps: number
  /** The rest per 1,000 users. */
  readonly wrongWords: number
  readonly silentTaps: number
  readonly upstreamCalls: number
  readonly paidCalls: number
}

/** One row for each strategy. */
export function rowsOf(outcomes: readonly Outcome[]): readonly Row[] {
  return strategies.map(({ id }) => {
    const plays = outcomes.flatMap(({ plays }) => plays[id] ?? [])
    const taps = plays.flatMap(({ taps }) => taps ?? []).sort((a, b) => a - b)
    const per1000 = (count: (play: (typeof plays)[number]) => number) =>
      (1000 * plays.reduce((sum, play) => sum + count(play), 0)) / plays.length
    return {
      id,
      firstTap: share(plays, ({ firstTap }) => firstTap),
      never: share(plays, ({ taps }) => taps === null),
      meanTaps: taps.reduce((sum, count) => sum + count, 0) / taps.length,
      p99Taps: taps[Math.ceil(taps.length * 0.99) - 1] ?? Number.NaN,
      wrongWords: per1000(({ wrongWords }) => wrongWords.length),
      silentTaps: per1000(({ silentTaps }) => silentTaps),
      upstreamCalls: per1000(({ upstreamCalls }) => upstreamCalls),
      paidCalls: per1000(({ paidCalls }) => paidCalls),
    }
  })
}

/** Share of users for whom one tap could have been enough. */
export const boundOf = (outcomes: readonly Outcome[]): number => share(outcomes, ({ possible }) => possible)

/** What the issue asks of weapp-auth; every list should be empty. */
export interface Broken {
  /** Somebody succeeded with the first tap, weapp-auth did not. */
  readonly lost: readonly Outcome[]
  /** Like `lost`, but only a server that believes unconfirmed ciphertexts could. */
  readonly lostToUnconfirmed: readonly Outcome[]
  /** The first tap succeeded and was paid for more than once. */
  readonly paidTwice: readonly Outcome[]
  /** The page said something that was not so. */
  readonly wrong: readonly Outcome[]
  /** The oracle says that what happened is not possible. */
  readonly impossible: readonly Outcome[]
}

export function brokenIn(outcomes: readonly Outcome[]): Broken {
  const somebody = ({ plays }: Outcome) => Object.values(plays).some(({ firstTap }) => firstTap)
  const lost = outcomes.filter(one => somebody(one) && !one.plays.ours?.firstTap)
  return {
    lost: lost.filter(({ possible }) => possible),
    lostToUnconfirmed: lost.filter(({ possible }) => !possible),
    paidTwice: outcomes.filter(({ plays: { ours } }) => ours?.firstTap && ours.paidCalls > 1),
    wrong: outcomes.filter(({ plays: { ours } }) => (ours?.wrongWords.length ?? 0) > 0),
    impossible: outcomes.filter(one => somebody(one) && !one.possibleUnconfirmed),
  }
}

function share<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.filter(holds).length / all.length
}
