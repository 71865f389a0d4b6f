/** Some rows that root keys have sealed, and what the database remembers of the keys: never a key. */
export interface SealedSample {
  readonly keys: readonly { readonly id: string; readonly check: Uint8Array }[]
  readonly users: readonly { readonly id: string; readonly wrappedKey: Uint8Array }[]
  /** Mini programs that operators added, all of them. */
  readonly apps: readonly { readonly appId: string; readonly sealed: Uint8Array }[]
}
