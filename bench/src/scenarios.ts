import type { PlayerName } from './load/players.ts'

/** What is compared, and what is aimed at. */
export interface Scenario {
  readonly id: string
  readonly title: string
  readonly player: PlayerName
  /** Whether the servers that can (not the naive ones) confirm the ciphertext with WeChat. */
  readonly checkData: boolean
  readonly goal: Goal | null
  /** What a reader must know to read the table. */
  readonly note?: string
}

/** Shares of the same run: goals carry from machine to machine, requests per second do not. */
export interface Goal {
  readonly ofBound: number
  readonly timesNaive?: number
  readonly rssMb?: number
}

export const scenarios = [
  {
    id: 'login',
    title: 'login: half new users, half returning ones',
    player: 'login',
    checkData: false,
    goal: { ofBound: 0.6, timesNaive: 10 },
  },
  {
    id: 'phone-code',
    title: 'phone by code: another number each time, asked from WeChat',
    player: 'phoneByCode',
    checkData: false,
    goal: null,
  },
  {
    id: 'phone-data',
    title: 'phone by encryptedData: another number each time, written',
    player: 'phoneChanged',
    checkData: false,
    goal: { ofBound: 0.6, timesNaive: 8 },
  },
  {
    id: 'phone-data-checked',
    title: 'phone by encryptedData, each ciphertext confirmed with WeChat (checkencryptedmsg)',
    player: 'phoneChanged',
    checkData: true,
    goal: null,
    note: 'The naive servers do not know the call; their figures stand in the table above.',
  },
  {
    id: 'phone-same',
    title: 'phone by encryptedData: the number the server already has',
    player: 'phoneUnchanged',
    checkData: false,
    goal: null,
    note: 'weapp-auth still writes that this ciphertext is spent, so that it works once; the others write nothing.',
  },
  {
    id: 'me',
    title: 'me: token check and read of the user',
    player: 'me',
    checkData: false,
    goal: { ofBound: 0.7 },
  },
] as const satisfies readonly Scenario[]

/** The goal of login where WeChat is slow. */
export const slowUpstreamGoal: Goal = { ofBound: 0.85, rssMb: 200 }
