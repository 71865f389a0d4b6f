/**
 * What root keys leave in the rows. A sealed record names its key in its third and fourth byte, a blind index in its
 * first two.
 */
export interface ResealUser {
  readonly id: string
  readonly wrappedKey: Uint8Array
  readonly phones: readonly ResealPhone[]
}

interface ResealPhone {
  readonly id: string
  readonly appId: string
  readonly sealedNumber: Uint8Array
  readonly blindIndex: Uint8Array
}

/** How many rows only this root key opens or finds. */
export interface SealedRows {
  readonly users: number
  readonly phones: number
  readonly apps: number
  /** Tickets and authorizations of third-party platforms. */
  readonly grants: number
  /** They go by themselves, once they are done. */
  readonly jobs: number
}

/** One column of one row, as it was read and as it is to be. */
export interface ResealChange {
  readonly what: 'user' | 'phone'
  readonly id: string
  readonly from: Uint8Array
  readonly to: Uint8Array
}

/** Rows that follow a new root key. Users whose key was destroyed are not among them. */
export interface ResealStore {
  countSealed(keyId: number): Promise<SealedRows>
  /**
   * Users whose data key, or the blind index of one of whose numbers, belongs to another root key than `keyId`; by id,
   * behind `after`.
   */
  usersToReseal(keyId: number, after: string, limit: number): Promise<readonly ResealUser[]>
  /** Race: a row that is not as it was read, because it was erased or changed meanwhile, stays as it is. Answers how many changed. */
  reseal(changes: readonly ResealChange[]): Promise<number>
}
