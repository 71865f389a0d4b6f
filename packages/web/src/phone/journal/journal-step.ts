import type { Sentence } from '@weapp-auth/protocol/contract'

/** Where a step took place; `you` is the person at this page who moves clocks and picks people. */
export type Side = 'mini-program' | 'wechat' | 'server' | 'database' | 'you'

/** `declined`: nothing is broken, a person said no. */
export type Mood = 'fine' | 'declined' | 'failed'

export type Fact = string | number | boolean | null

/** One thing that happened, ready to be shown. */
export interface JournalStep {
  /** Unique, and the same after a reconnect. */
  readonly key: string
  /** Milliseconds by the emulator's clock. */
  readonly at: number
  readonly side: Side
  /** A technical name such as `wx.login` or `POST /v1/phone`. */
  readonly what: string
  readonly text: Sentence
  /** Why it failed and what to do, when we know. */
  readonly cause?: Sentence
  readonly facts: Readonly<Record<string, Fact>>
  readonly mood: Mood
}
