import type { z } from 'zod'
import { ProblemError } from '../domain/problem-error.ts'
import type { HttpRequest } from './http-message.ts'
import { readJsonBody } from './read-json-body.ts'
import type { ReadBody } from './route.ts'

/** Names by which a client could try to say who it is; only WeChat and our own tokens say that. */
const identityNames: ReadonlySet<string> = new Set([
  'openid',
  'unionid',
  'userid',
  'uid',
  'sub',
  'sid',
  'sessionid',
  'sessionkey',
])

/**
 * Reads bodies in the shape of a schema. The reader throws ProblemError as `readJsonBody` does, or request_invalid
 * that names the field and its rule, never the value.
 */
export function json<Body>(schema: z.ZodType<Body>): ReadBody<Body> {
  const read = async (request: HttpRequest) => check(schema, await readJsonBody(request))
  return Object.assign(read, { takes: { as: 'json', schema } as const })
}

/** Reads the parameters of the query in the shape of a schema, as {@link json} does a body. Of a name that comes twice the last counts. */
export function query<Body>(schema: z.ZodType<Body>): ReadBody<Body> {
  const read = async (request: HttpRequest) => check(schema, Object.fromEntries(new URL(request.url).searchParams))
  return Object.assign(read, { takes: { as: 'query', schema } as const })
}

export function check<Body>(schema: z.ZodType<Body>, value: unknown): Body {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new ProblemError('request_invalid', explain(result.error.issues))
}

/** For routes that take no body; one that comes is not read. */
export const nothing: ReadBody<undefined> = async () => undefined

function explain(issues: readonly z.core.$ZodIssue[]): { readonly field?: string; readonly detail: string } {
  const unknown = issues.find(issue => issue.code === 'unrecognized_keys')
  if (unknown) return explainUnknown(unknown.path, unknown.keys)
  const [issue] = issues
  const field = issue?.path.join('.') ?? ''
  return field === ''
    ? { detail: 'the body must be one JSON object' }
    : { field, detail: `"${field}" ${issue?.message}` }
}

function explainUnknown(path: readonly PropertyKey[], keys: readonly string[]) {
  const identity = keys.find(key => identityNames.has(key.toLowerCase().replace(/[_-]/g, '')))
  const key = identity ?? keys[0] ?? ''
  // A name is repeated only when it can be nothing but a name.
  if (!/^[A-Za-z_][A-Za-z_-]{0,31}$/.test(key)) return { detail: 'a field is not known' }
  const field = [...path, key].join('.')
  return { field, detail: identity ? `"${field}" is never accepted from a client` : `"${field}" is not a known field` }
}
