import { timingSafeEqual } from 'node:crypto'
import type { Operator, OperatorPolicy } from '../domain/operators.ts'
import { digest } from './digest.ts'

/** Whose token this is; `null` for any other text. */
export type OperatorOf = (token: string) => Operator | null

/**
 * Keeps hashes only. A token is long and random, so one SHA-256 does; it is compared with every one of them, in
 * constant time, so that the time of the answer says nothing.
 *
 * @example
 * const operatorOf = createOperatorTokens([{ name: 'lin', token: 'only-for-the-example-0123456789abcdef', role: 'viewer' }])
 * operatorOf('guess') // null
 */
export function createOperatorTokens(policies: readonly OperatorPolicy[]): OperatorOf {
  const known = policies.map(({ name, role, token }) => ({ operator: { name, role }, hash: digest('operator', token) }))
  return token => {
    const shown = digest('operator', token)
    return known.filter(({ hash }) => timingSafeEqual(hash, shown))[0]?.operator ?? null
  }
}
