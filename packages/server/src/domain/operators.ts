import type { OperatorRole } from '@weapp-auth/protocol/contract'

/** A person of yours, or a program of theirs, that may use the operators' API. */
export interface OperatorPolicy {
  /** Stands in the audit log: 1 to 64 characters of `A-Z a-z 0-9 _ . @ -`. */
  readonly name: string
  /** 32 to 256 visible ASCII characters, random: `openssl rand -base64 32`. */
  readonly token: string
  readonly role: OperatorRole
}

/** Who asks, once it is known. */
export type Operator = Omit<OperatorPolicy, 'token'>

/** Each may do what those before it may. */
export const operatorRoles = ['viewer', 'support', 'admin'] as const satisfies readonly OperatorRole[]

/**
 * Checks the policies.
 *
 * @throws TypeError `"operators[0].token" must be …`, never with the value.
 *
 * @example
 * readOperators([{ name: 'lin', token: 'only-for-the-example-0123456789abcdef', role: 'viewer' }])[0]?.role // 'viewer'
 */
export function readOperators(policies: readonly OperatorPolicy[] = []): readonly OperatorPolicy[] {
  if (!Array.isArray(policies)) throw new TypeError('"operators" must be a list')
  for (const [index, policy] of policies.entries()) {
    check(policy, `operators[${index}]`)
    const { name, token } = policy
    const earlier = policies.slice(0, index)
    if (earlier.some(one => one.name === name)) throw new TypeError(`"operators[${index}].name" must be unique`)
    if (earlier.some(one => one.token === token)) throw new TypeError(`"operators[${index}].token" must be unique`)
  }
  return policies.map(({ name, token, role }) => ({ name, token, role }))
}

function check({ name, token, role }: OperatorPolicy, at: string): void {
  if (typeof name !== 'string' || !/^[A-Za-z0-9_.@-]{1,64}$/.test(name))
    throw new TypeError(`"${at}.name" must be 1 to 64 characters of A-Z a-z 0-9 _ . @ -`)
  if (typeof token !== 'string' || !/^[\x21-\x7e]{32,256}$/.test(token))
    throw new TypeError(`"${at}.token" must be 32 to 256 visible ASCII characters`)
  if (!operatorRoles.includes(role)) throw new TypeError(`"${at}.role" must be one of ${operatorRoles.join(', ')}`)
}
