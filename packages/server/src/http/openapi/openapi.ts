import { type CodeRow, type ProblemCode, problemCodes } from '@weapp-auth/protocol/contract'
import { z } from 'zod'
import { named, oauthProblemAnswer, problem } from '../answer-schemas.ts'
import type { Route, Takes } from '../route.ts'
import { groups, type RouteDoc, routeDocs } from './route-docs.ts'

type Json = Readonly<Record<string, unknown>>

/** An OpenAPI 3.1 document, as far as it is used here. */
export interface OpenapiDocument {
  readonly openapi: '3.1.0'
  readonly info: Json
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Json; readonly securitySchemes: Json }
}

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tags: readonly string[]
  readonly responses: Readonly<Record<string, Json>>
  readonly [more: string]: unknown
}

/** Answered by whatever broke on the way, on every route. */
const common: readonly ProblemCode[] = [
  'rate_limited',
  'overloaded',
  'storage_busy',
  'storage_full',
  'storage_failed',
  'keys_mismatched',
  'internal_error',
]
const ofUsers: readonly ProblemCode[] = ['token_missing', 'token_invalid', 'app_unknown']
const ofBackends: readonly ProblemCode[] = ['backend_unauthorized']
const ofOperators: readonly ProblemCode[] = ['operator_unauthorized', 'operator_forbidden', 'console_only']
const ofBodies: readonly ProblemCode[] = [
  'request_malformed',
  'request_invalid',
  'request_too_large',
  'media_type_unsupported',
]

/**
 * Describes the route table: paths, readers of bodies and their schemas come from the routes themselves, answers and
 * titles from `routeDocs`. Routes that the table does not know (old wire formats) are left out.
 *
 * @example
 * const noRoutes: Route[] = []
 * describeApi(noRoutes, 'https://auth.example.com').paths['/v1/login']?.post?.operationId // undefined
 */
export function describeApi(routes: readonly Route[], issuer: string): OpenapiDocument {
  const paths: Record<string, Record<string, Operation>> = {}
  for (const route of routes) {
    const doc = routeDocs[`${route.method} ${route.path}`]
    if (doc) paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route, doc) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'weapp-auth',
      version: '1',
      description: '微信小程序用户授权服务。 User authorization for WeChat mini programs.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: issuer }],
    tags: Object.entries(groups).map(([name, { zh, en }]) => ({ name, description: `${zh} · ${en}` })),
    paths,
    components: { schemas: namedSchemas(), securitySchemes },
  }
}

const securitySchemes = {
  user: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'accessToken (RFC 9068)' },
  backend: { type: 'http', scheme: 'basic', description: 'id and secret of a backend' },
  operator: { type: 'http', scheme: 'bearer', description: 'token of a program of the operators' },
  console: { type: 'apiKey', in: 'cookie', name: '__Host-weapp-operator', description: 'session of the console' },
}

function operationOf(route: Route, doc: RouteDoc): Operation {
  const { method, path, takes } = route
  const asked = takes?.as === 'query' ? queryParameters(takes.schema) : []
  const parameters = [...pathParameters(path), ...asked]
  const body = takes && takes.as !== 'query' ? { requestBody: { required: true, content: contentOf(takes) } } : {}
  return {
    operationId: operationId(method, path),
    summary: doc.title.en,
    description: doc.title.zh,
    tags: [doc.group],
    ...(doc.who ? { security: securityOf(doc.who) } : { security: [] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...body,
    responses: { ...granted(doc.answer), ...refusals(route, doc) },
  }
}

function securityOf(who: NonNullable<RouteDoc['who']>): readonly Json[] {
  if (who === 'backend-or-app') return [{ backend: [] }, {}]
  if (who === 'operator') return [{ operator: [] }, { console: [] }]
  if (who === 'console') return []
  return [{ [who]: [] }]
}

/** `POST /v1/login/phone` is `postLoginPhone`. */
function operationId(method: string, path: string): string {
  const words = path.match(/[A-Za-z]+/g)?.filter(word => word !== 'v' && word !== 'well' && word !== 'known') ?? []
  return method.toLowerCase() + words.map(word => word[0]?.toUpperCase() + word.slice(1)).join('')
}

function pathParameters(path: string): readonly Json[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters(schema: z.ZodType): readonly Json[] {
  const { properties = {}, required = [] } = schemaOf(schema, 'input')
  return Object.entries(properties as Json).map(([name, schema]) => ({
    name,
    in: 'query',
    required: (required as readonly string[]).includes(name),
    schema,
  }))
}

function contentOf(takes: Takes): Json {
  if (takes.as === 'file') {
    const file = { type: 'string', contentMediaType: 'image/*' }
    const form = { type: 'object', properties: { [takes.field]: file }, required: [takes.field] }
    return { 'multipart/form-data': { schema: form }, 'image/*': {} }
  }
  const type = takes.as === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
  return { [type]: { schema: schemaOf(takes.schema, 'input') } }
}

function granted(answer: RouteDoc['answer']): Readonly<Record<string, Json>> {
  if (answer === null) return { 204: { description: 'No Content' } }
  if (answer instanceof z.ZodType)
    return { 200: { description: 'OK', content: { 'application/json': { schema: schemaOf(answer, 'output') } } } }
  return { 200: { description: 'OK', content: { [answer.type]: {} } } }
}

function refusals({ takes }: Route, { who, codes = [], refusal }: RouteDoc): Readonly<Record<string, Json>> {
  const all = [
    ...codes,
    ...(takes ? (takes.as === 'query' ? (['request_invalid'] as const) : ofBodies) : []),
    ...(who === 'user' ? ofUsers : []),
    ...(who === 'operator' ? ofOperators : []),
    ...(who === 'console' ? (['console_only'] as const) : []),
    ...(who === 'backend' || who === 'backend-or-app' ? ofBackends : []),
    ...common,
  ]
  const schema = schemaOf(refusal === 'oauth' ? oauthProblemAnswer : problem, 'output')
  const type = refusal === 'oauth' ? 'application/json' : 'application/problem+json'
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of new Set(all)) {
    const { status } = problemCodes[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    Array.from(byStatus, ([status, codes]) => [
      status,
      { description: codes.map(tellCode).join('\n'), content: { [type]: { schema } } },
    ]),
  )
}

function tellCode(code: ProblemCode): string {
  const { message }: CodeRow = problemCodes[code]
  return `- \`${code}\`: ${message.zh} ${message.en}`
}

/** Schemas with a name are referred to, and written once. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const id = named.get(schema)
  return id ? { $ref: reference(id) } : (schemasWith([[schema, 'this']], io).this ?? {})
}

function namedSchemas(): Json {
  return schemasWith([], 'output')
}

function schemasWith(
  more: readonly (readonly [z.ZodType, string])[],
  io: 'input' | 'output',
): Readonly<Record<string, Json>> {
  const registry = z.registry<{ readonly id: string }>()
  for (const [schema, id] of [...named, ...more]) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { io, uri: reference })
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]))
}

function reference(id: string): string {
  return `#/components/schemas/${id}`
}
