import type { PlayerName } from './load/players.ts'

/** What is compared, and what is aimed at. */
export interface Scenario {
  readonly id: string
  readonly title: string
  readonly player: PlayerName
  /** True: the servers confirm each ciphertext with WeChat before they believe it. */
  readonly checkData?: boolean
  /** True: everybody has a phone number before the clock starts. */
  readonly withPhone?: boolean
  /** Ends when everybody had a turn, instead of when the time is up; so many more people take part. */
  readonly onceEach?: boolean
  /** True where the naive servers would only repeat an earlier table. */
  readonly withoutNaive?: boolean
  /** True for what only weapp-auth can do. */
  readonly oursOnly?: boolean
  readonly goal: Goal | null
  /** What a reader must know to read the table. */
  readonly note?: string
}

/** Shares of the same run: goals carry from machine to machine, requests per second do not. */
export interface Goal {
  readonly ofBound?: number
  /** Another scenario of weapp-auth that it must not be slower than. */
  readonly asFastAs?: string
  readonly timesNaive?: number
  readonly rssMb?: number
}

export const scenarios = [
  {
    id: 'login',
    title: 'login: half new users, half returning ones',
    player: 'login',
    goal: { ofBound: 0.6, timesNaive: 10 },
  },
  {
    id: 'phone-code',
    title: 'phone by code: another number each time, asked from WeChat',
    player: 'phoneByCode',
    goal: null,
  },
  {
    id: 'phone-data',
    title: 'phone by encryptedData: another number each time, written',
    player: 'phoneChanged',
    goal: { ofBound: 0.6, timesNaive: 8 },
  },
  {
    id: 'phone-data-checked',
    title: 'phone by encryptedData, each ciphertext confirmed with WeChat (checkencryptedmsg)',
    player: 'phoneChanged',
    checkData: true,
    withoutNaive: true,
    goal: null,
    note: 'The naive servers do not know the call; their figures stand in the table above.',
  },
  {
    id: 'phone-same',
    title: 'phone by encryptedData: the number the server already has',
    player: 'phoneUnchanged',
    goal: null,
    note: 'weapp-auth still writes that this ciphertext is spent, so that it works once; the others write nothing.',
  },
  {
    id: 'me',
    title: 'me: token check and read of the user with the phone number',
    player: 'me',
    withPhone: true,
    goal: { ofBound: 0.7 },
    note: 'weapp-auth remembers 10,000 tokens that it has verified, and these users come again; the next table is without.',
  },
  {
    id: 'me-first',
    title: 'me with a token that the server sees for the first time',
    player: 'me',
    withPhone: true,
    onceEach: true,
    withoutNaive: true,
    goal: null,
    note: 'The signature of a JWT (Ed25519) is verified; the opaque token of the bound is one hash. Shorter than other turns.',
  },
  {
    id: 'refresh',
    title: 'refresh: the next access and refresh token of a session, written each time',
    player: 'refresh',
    oursOnly: true,
    goal: { asFastAs: 'login' },
  },
  {
    id: 'introspect',
    title: 'introspect: a backend asks whether an access token is live',
    player: 'introspect',
    oursOnly: true,
    goal: { asFastAs: 'me' },
  },
] as const satisfies readonly Scenario[]

/** The goal of login where WeChat is slow. */
export const slowUpstreamGoal: Goal = { ofBound: 0.85, rssMb: 200 }
