import { consoleHeader } from '@weapp-auth/protocol/contract'
import { ProblemError } from '../domain/problem-error.ts'
import type { HttpRequest } from './http-message.ts'

export interface OperatorCookieOptions {
  readonly cookie: { readonly name: string; readonly secure: boolean }
  /** Of the console. */
  readonly origin: string
}

/** The cookie of the console: scripts never see it, and no other site makes a browser send it. */
export interface OperatorCookie {
  read(request: HttpRequest): string | null
  /** `null` takes it away. */
  write(token: string | null): Readonly<Record<string, string>>
  /** Throws ProblemError console_only for a change that did not come from pages of the console. */
  checkOrigin(request: HttpRequest): void
}

const form = /^[A-Za-z0-9_-]{43}$/

export function createOperatorCookie({ cookie: { name, secure }, origin }: OperatorCookieOptions): OperatorCookie {
  const more = `; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
  return {
    read(request) {
      const pairs = (request.headers.get('cookie') ?? '').split(';').map(pair => pair.trim())
      const token = pairs.find(pair => pair.startsWith(`${name}=`))?.slice(name.length + 1)
      return token !== undefined && form.test(token) ? token : null
    },
    write: token => ({ 'set-cookie': token === null ? `${name}=; Max-Age=0${more}` : `${name}=${token}${more}` }),
    /**
     * A header of our own makes the browser of another origin ask first (CORS), and `Origin` says where a request comes
     * from ("Cross-Site Request Forgery Prevention", OWASP).
     */
    checkOrigin({ method, headers }) {
      if (method === 'GET' || method === 'HEAD') return
      const from = headers.get('origin')
      if (headers.get(consoleHeader) !== '1' || (from !== null && from !== origin))
        throw new ProblemError('console_only')
    },
  }
}
