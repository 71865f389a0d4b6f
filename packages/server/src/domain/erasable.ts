/** A kind of data that is kept here and can be erased by itself. */
export type Erasable = 'phone' | 'nickname' | 'avatar'

/** How many rows went. */
export interface Erased {
  /** The user as a whole: then the others are not counted. */
  readonly accounts: number
  readonly phones: number
  readonly nicknames: number
  readonly avatars: number
  /** Lines that were added to the history of consents. */
  readonly withdrawals: number
}

export const nothingErased: Erased = { accounts: 0, phones: 0, nicknames: 0, avatars: 0, withdrawals: 0 }
