import type { Backend, Backends } from '../domain/backends.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { createBackendSecrets } from '../keys/backend-secrets.ts'
import type { HttpHeaders } from './http-message.ts'
import { readAuthorization } from './read-authorization.ts'

/** Credentials in the body (`client_secret_post`), for clients that cannot send the header. */
export interface FormCredentials {
  readonly client_id?: string
  readonly client_secret?: string
}

/** Finds the backend that asks. Throws ProblemError backend_unauthorized, for whatever reason in the same words. */
export type AuthenticateBackend = (headers: HttpHeaders, form?: FormCredentials) => Backend

/** Client authentication by a shared secret (RFC 6749, section 2.3.1): HTTP Basic, or both values in the form. */
export function createAuthenticateBackend(backends: Backends): AuthenticateBackend {
  const knows = createBackendSecrets(backends.values())

  return function authenticateBackend(headers, form = {}) {
    const basic = readBasic(headers.get('authorization'))
    const inForm = { id: form.client_id ?? '', secret: form.client_secret ?? '' }
    const twice = basic.length > 0 && form.client_secret !== undefined
    const found = twice ? undefined : (basic.length > 0 ? basic : [inForm]).find(({ id, secret }) => knows(id, secret))
    const backend = backends.get(found?.id ?? '')
    if (!backend) throw new ProblemError('backend_unauthorized')
    return backend
  }
}

interface Credentials {
  readonly id: string
  readonly secret: string
}

/** The RFC has both halves form-encoded first, which many clients forget: a secret with a plus sign is read both ways. */
function readBasic(header: string | null): readonly Credentials[] {
  const { scheme, credentials } = readAuthorization(header)
  if (scheme !== 'basic') return []
  const text = Buffer.from(oneWord.test(credentials) ? credentials : '', 'base64').toString()
  const colon = text.indexOf(':')
  const raw = { id: text.slice(0, Math.max(colon, 0)), secret: text.slice(colon + 1) }
  return [raw, { id: formDecoded(raw.id), secret: formDecoded(raw.secret) }]
}

/** Node reads Base64 past anything that is none. */
const oneWord = /^[\w+/-]+=*$/

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
