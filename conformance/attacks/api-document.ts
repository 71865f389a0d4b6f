import type { Stage } from '../stage.ts'

/** A schema of the document, as far as it is read here. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>

interface Operation {
  readonly security?: readonly Readonly<Record<string, unknown>>[]
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}

/** One method of one path. */
export interface Place extends Operation {
  readonly method: string
  readonly path: string
}

/** What the server says of its own API: every route, and every schema below one. */
export async function readApiDocument(stage: Stage) {
  const answer = await stage.server.fetch(new Request(`${stage.origin}/openapi.json`))
  const document = (await answer.json()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
  }
  const places: readonly Place[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  )

  /** The schema and all in it, each once. */
  function within(schema: Schema, seen = new Set<Schema>()): ReadonlySet<Schema> {
    const named = schema.$ref === undefined ? schema : document.components.schemas[schema.$ref.split('/').at(-1) ?? '']
    if (named === undefined || seen.has(named)) return seen
    seen.add(named)
    const { properties = {}, items, anyOf = [], oneOf = [], allOf = [], additionalProperties } = named
    const below = [...Object.values(properties), ...anyOf, ...oneOf, ...allOf]
    if (items) below.push(items)
    if (typeof additionalProperties === 'object') below.push(additionalProperties)
    for (const one of below) within(one, seen)
    return seen
  }

  return { places, within }
}

/** The schemas of a content that are JSON. */
export function jsonOf(content: Content = {}): readonly Schema[] {
  return Object.entries(content).flatMap(([type, { schema }]) => (/json/.test(type) && schema ? [schema] : []))
}
