import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Validator } from '@seriousme/openapi-schema-validator'
import { adminRoutes, routes } from '@weapp-auth/protocol/contract'
import createClient from 'openapi-fetch'
import openapiTypescript, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { appId, issuer, newNonce, openServer } from '../../../test/open-server.ts'
import { createMetrics } from '../../observability/metrics.ts'
import type { OpenapiDocument } from './openapi.ts'
import { routeDocs } from './route-docs.ts'

async function readDocument(): Promise<OpenapiDocument> {
  const { read } = createMetrics()
  return (await openServer({ metrics: { read } }).get<OpenapiDocument>(routes.openapi)).body
}

test('every route is in the document, and nothing else', async () => {
  const { paths } = await readDocument()
  const told = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  )
  expect(told.sort()).toEqual(Object.keys(routeDocs).sort())
  expect(Object.keys(paths).sort()).toEqual([...Object.values(routes), ...Object.values(adminRoutes)].sort())
})

test('it is a valid OpenAPI 3.1 document', async () => {
  const result = await new Validator().validate(JSON.parse(JSON.stringify(await readDocument())))
  expect(result).toMatchObject({ valid: true })
})

test('names of operations differ', async () => {
  const { paths } = await readDocument()
  const names = Object.values(paths).flatMap(methods => Object.values(methods).map(({ operationId }) => operationId))
  expect(new Set(names).size).toBe(names.length)
  expect(names).toContain('postLoginPhone')
})

test('a request that names an identity is against the document too', async () => {
  const { paths } = await readDocument()
  expect(JSON.stringify(paths[routes.login]?.post?.requestBody)).toContain('"additionalProperties":false')
})

test('a client generated from it compiles, refuses a wrong field, and talks to the server', {
  timeout: 60_000,
}, async () => {
  const types = astToString(await openapiTypescript(JSON.stringify(await readDocument())))
  const folder = await mkdtemp(join(tmpdir(), 'weapp-auth-openapi-'))
  try {
    await symlink(fileURLToPath(new URL('../../../../../node_modules', import.meta.url)), join(folder, 'node_modules'))
    await writeFile(join(folder, 'api.ts'), types)
    const right = `{ appId: 'wx0000000000000001', code: '0a1b2c', nonce: 'nonce-nonce-nonce' }`
    expect(await compile(folder, program(right))).toEqual([])
    expect(await compile(folder, program(right.replace('nonce:', 'openid:')))).not.toEqual([])
  } finally {
    await rm(folder, { recursive: true })
  }
  const use = openServer()
  const client = createClient<Api>({ baseUrl: issuer, fetch: (request: Request) => use.server.fetch(request) })
  const code = use.wechat.loginCode({ appId, openId: 'openid-of-lin' })
  const { data } = await client.POST('/v1/login', { body: { appId, code, nonce: newNonce() } })
  expect(data?.user.phone).toBeNull()
  const { error } = await client.POST('/v1/login', { body: { appId, code: 'nonsense', nonce: newNonce() } })
  expect(error?.code).toBe('code_invalid')
})

/** What is asked of the generated types above, written by hand. */
interface Api {
  '/v1/login': {
    post: {
      requestBody: { content: { 'application/json': { appId: string; code: string; nonce: string } } }
      responses: {
        200: { content: { 'application/json': { user: { phone: unknown } } } }
        401: { content: { 'application/problem+json': { code: string } } }
      }
    }
  }
}

function program(body: string): string {
  return `
import createClient from 'openapi-fetch'
import type { paths } from './api.ts'
const client = createClient<paths>({ baseUrl: 'https://auth.example.com' })
export async function logIn(): Promise<string | undefined> {
  const { data, error } = await client.POST('/v1/login', { body: ${body} })
  return data ? data.tokens.accessToken : error.code
}
export async function endSession(id: string) {
  await client.DELETE('/v1/me/sessions/{id}', { params: { path: { id } } })
}
`
}

async function compile(folder: string, source: string): Promise<readonly string[]> {
  const file = join(folder, 'program.ts')
  await writeFile(file, source)
  const compiled = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    types: [],
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  })
  return ts.getPreEmitDiagnostics(compiled).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

test('the reference page tells every route and code, and runs nothing', async () => {
  const { text, headers } = await openServer().send(routes.reference)
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]+='; /)
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(text).toContain('<code>/v1/login/phone</code>')
  expect(text).toContain('用 wx.login 的 code 登录 · Log in with a wx.login code')
  expect(text).toContain('<code>phone_code_consumed</code>')
  expect(text).not.toMatch(/<script|undefined|\[object/)
})
