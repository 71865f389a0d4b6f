/** Names in the order in which everybody holds them, so that nobody waits for each other. */
export function inOrder<T extends { readonly name: Uint8Array }>(named: readonly T[]): readonly T[] {
  return [...named].sort((a, b) => Buffer.compare(a.name, b.name))
}
