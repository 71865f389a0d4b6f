/** What is played on a database. */
export const databaseScenarios = ['login', 'phoneChanged', 'me'] as const

export type DatabaseScenario = (typeof databaseScenarios)[number]

/** One run of one scenario. */
export interface Measured {
  readonly perSecond: number
  /** CPU microseconds per request: of the process, or of all processes of the server. */
  readonly cpuMicros: number
}
