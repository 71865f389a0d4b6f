/**
 * The token of an invitation link; `null` when the address holds none. It stands behind `#`, which no server and no log
 * ever sees.
 *
 * @example
 * readInvitation('#invitation=abc') // 'abc'
 */
export function readInvitation(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('invitation') || null
}
