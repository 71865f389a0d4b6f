import type { z } from 'zod'
import { ProblemError } from '../domain/problem-error.ts'
import type { HttpRequest } from './http-message.ts'
import { readTextBody } from './read-json-body.ts'
import { check } from './read-request.ts'
import type { ReadBody } from './route.ts'

const formType = /^application\/x-www-form-urlencoded\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i

/**
 * Reads a form as the OAuth endpoints take it (RFC 6749, appendix B). A parameter without a value counts as absent,
 * one that comes twice is refused (section 3.2).
 *
 * @throws ProblemError media_type_unsupported, request_too_large, request_malformed or request_invalid.
 */
export function form<Body>(schema: z.ZodType<Body>): ReadBody<Body> {
  const read = async (request: HttpRequest) => {
    if (!formType.test(request.headers.get('content-type') ?? ''))
      throw new ProblemError('media_type_unsupported', { detail: 'this route takes application/x-www-form-urlencoded' })
    const values = new Map<string, string>()
    for (const [name, value] of new URLSearchParams(await readTextBody(request))) {
      if (values.has(name)) throw new ProblemError('request_malformed', { detail: 'a parameter comes twice' })
      values.set(name, value)
    }
    return check(schema, Object.fromEntries([...values].filter(([, value]) => value !== '')))
  }
  return Object.assign(read, { takes: { as: 'form', schema } as const })
}
