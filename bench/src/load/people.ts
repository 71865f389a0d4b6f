import { app, backend, loginCode } from '../world.ts'
import type { Exchange } from './closed-loop.ts'
import { formBytes, requestBytes } from './request-bytes.ts'

/** A user as the load knows it: what the server said at login, and what it must say next. */
export interface Person {
  readonly user: number
  /** The server's name of the user, once an answer was read. */
  id: string | null
  token: string
  refreshToken: string
  loginId: string
  /** The number that was sent last. */
  number: string | null
}

interface LoginAnswer {
  readonly user?: { readonly id?: unknown }
  readonly created?: unknown
  readonly tokens?: { readonly accessToken?: unknown; readonly refreshToken?: unknown }
  readonly loginId?: unknown
}

/** Serials make codes, nonces and numbers unique within one turn. */
export const createSerial = (first = 0) => {
  let last = first
  return () => ++last
}

export const newPerson = (user: number): Person => ({
  user,
  id: null,
  token: '',
  refreshToken: '',
  loginId: '',
  number: null,
})

/** 26 characters, unlike any other of the turn. */
export const nonceOf = (serial: number): string => `nonce-of-bench-${String(serial).padStart(11, '0')}`

/** A login of this person, who is new (`created`) or returns; the answer's id must stay the same for life. */
export function loginExchange(person: Person, serial: number, created: boolean): Exchange {
  const body = { appId: app.appId, code: loginCode(person.user, serial), nonce: nonceOf(serial) }
  return {
    bytes: requestBytes('POST', '/v1/login', null, body),
    wrong({ user, created: said, tokens, loginId }: LoginAnswer) {
      const id = user?.id
      const token = tokens?.accessToken
      if (typeof id !== 'string' || typeof token !== 'string' || typeof loginId !== 'string')
        return 'a field is missing'
      if (said !== created) return `"created" must be ${created}`
      if (person.id !== null && person.id !== id) return 'another user id than at the first login'
      person.id = id
      person.token = token
      // Only weapp-auth has them.
      person.refreshToken = String(tokens?.refreshToken ?? '')
      person.loginId = loginId
      return null
    },
  }
}

/** The next tokens of a person; each refresh token works once. */
export function refreshExchange(person: Person, serial: number): Exchange {
  return {
    bytes: requestBytes('POST', '/v1/token', null, { refreshToken: person.refreshToken, nonce: nonceOf(serial) }),
    chained: true,
    wrong({ tokens }: LoginAnswer) {
      const token = tokens?.refreshToken
      if (typeof token !== 'string' || token === person.refreshToken) return 'the refresh token must be another one'
      person.refreshToken = token
      return null
    },
  }
}

/** What a backend asks about the token of a person (RFC 7662). */
export function introspectExchange(person: Person): Exchange {
  return {
    bytes: formBytes('/v1/introspect', backend, `token=${person.token}`),
    wrong: ({ active, sub }: { readonly active?: unknown; readonly sub?: unknown }) =>
      active === true && sub === person.id ? null : 'the token must be active, and of this person',
  }
}

/** What the answer to this number must say, given the number before. */
export function expectedChange(person: Person, number: string): string {
  if (person.number === null) return 'bound'
  return person.number === number ? 'unchanged' : 'replaced'
}

/** The stored state of a person, asked with the token of the last login. */
export function meExchange(person: Person): Exchange {
  return {
    bytes: requestBytes('GET', '/v1/me', person.token),
    wrong({
      user,
    }: {
      readonly user?: { readonly id?: unknown; readonly phone?: null | { readonly number?: unknown } }
    }) {
      if (user?.id !== person.id) return 'another user'
      const number = user?.phone?.number ?? null
      const expected = person.number && `+86${person.number}`
      return number === expected ? null : `the phone must be ${expected}`
    },
  }
}
