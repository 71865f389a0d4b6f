/** `day`: a day of Beijing. */
export type TallyUnit = 'hour' | 'day'

/**
 * How often something happened in one hour or one day, or how often it took how long. It names an app and a kind of event,
 * never a person. Those of hours go after five weeks, those of days after 400 days.
 */
export interface Tally {
  readonly unit: TallyUnit
  /** When that hour or day begins, milliseconds since 1970. */
  readonly at: number
  /** `-`: of no app. */
  readonly appId: string
  /** 1 to 128 characters. */
  readonly name: string
  /** 1 or more. */
  readonly count: number
}

/** Counts that outlive the process, for funnel, cost and times. */
export interface TallyStore {
  /** All in one step. Race: of any number of callers with the same tallies none is lost. */
  addTallies(tallies: readonly Tally[]): Promise<void>
  /** Those that begin at `from` or later and before `to`, by time, app and name; `appId` `null`: of all apps. */
  talliesOf(input: {
    readonly unit: TallyUnit
    readonly from: number
    readonly to: number
    readonly appId: string | null
    /** `times`: those whose name begins with the word `time`; `counts`: all others. */
    readonly kind: 'counts' | 'times'
  }): Promise<readonly Tally[]>
}
