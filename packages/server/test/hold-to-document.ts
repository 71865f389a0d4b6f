import type { Problem } from '@weapp-auth/protocol/contract'
import { expect } from 'vitest'
import { z } from 'zod'
import { oauthProblemAnswer, problem } from '../src/http/answer-schemas.ts'
import type { OpenapiDocument } from '../src/http/openapi/openapi.ts'
import { type RouteDoc, routeDocs } from '../src/http/openapi/route-docs.ts'

const rows = Object.entries(routeDocs).map(([key, doc]) => {
  const [method = '', path = ''] = key.split(' ')
  return { method, path, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`), doc }
})

/** Every answer of the server in a test is held to what the document of the API promises. */
export function holdToDocument(
  document: OpenapiDocument,
  { method, url, status, body }: { method: string; url: string; status: number; body: unknown },
): void {
  const { pathname } = new URL(url)
  const row = rows.find(row => row.method === method && row.pattern.test(pathname))
  // A wrong method, and a route that is switched off: no word of any route.
  const general = status === 405 || (status === 404 && (body as Problem | undefined)?.code === 'route_unknown')
  const schema = row && !general && schemaOf(row.doc, status)
  if (!schema) return
  const result = schema.safeParse(body)
  const asked = `${method} ${pathname} ${status}`
  if (!result.success) expect.fail(`${asked} is not as documented: ${z.prettifyError(result.error)}`)
  if (status < 400) return
  const told = document.paths[row.path]?.[method.toLowerCase()]?.responses[status]?.description
  expect(told, `${asked} in the document`).toContain(`\`${(body as Problem).code}\``)
}

function schemaOf(doc: RouteDoc, status: number): z.ZodType | null {
  if (status >= 400) return doc.refusal === 'oauth' ? oauthProblemAnswer : problem
  return doc.answer instanceof z.ZodType ? doc.answer : null
}
