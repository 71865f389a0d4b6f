/** Where randomness comes from; must be cryptographically strong outside tests. */
export interface Random {
  bytes(length: number): Uint8Array
}
