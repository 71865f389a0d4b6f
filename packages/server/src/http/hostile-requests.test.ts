import { adminRoutes, problemCodes, routes } from '@weapp-auth/protocol/contract'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import vectors from '../../../protocol/vectors/regressions/http-requests.json' with { type: 'json' }
import { createFakeSms } from '../../test/fake-sms.ts'
import { createMemoryAvatars } from '../../test/memory-avatars.ts'
import { openServer, operatorToken } from '../../test/open-server.ts'
import { createMetrics } from '../observability/metrics.ts'
import { createSqliteStore } from '../stores/sqlite/index.ts'
import type { OpenapiDocument } from './openapi/openapi.ts'

/*
 * Requests made from the document of the API and then spoiled. Whatever comes:
 * no 5xx, a problem as documented (`send` holds each answer to the document), nothing of the request in the refusal,
 * and a refused request has changed nothing in the database.
 */

const long = process.env.WEAPP_AUTH_LONG !== undefined
/** Over all routes together. */
const requests = long ? 2_000_000 : 50_000
/** In every spoiled value, so that a refusal which quotes one is caught. */
const canary = 'qz7Kx9'
/** Milliseconds of CPU that a request may cost on average, tests and all: nothing that is sent makes the server work. */
const mostCpu = 50
const legacyPaths = ['/000/login', '/v1.0/pub/openId', '/v1.0/pub/decode', '/002/phone', '/code2Session', '/user']
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND']

interface Hostile {
  readonly method: string
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string | Uint8Array<ArrayBuffer> | null
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly pattern?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly type?: unknown
}

interface Target {
  readonly method: string
  readonly path: string
  readonly type: string | null
  readonly fields: Readonly<Record<string, Schema>>
}

function open() {
  const database = new Database(':memory:')
  const metrics = createMetrics()
  const server = openServer({
    store: createSqliteStore({ database }),
    openData: 'monitor',
    policy: { sms: 'on' },
    sms: createFakeSms().provider,
    avatars: createMemoryAvatars(),
    legacy: { formats: ['000', '001', '002', '003a', '003b', '004'] },
    backends: [{ id: 'orders', secret: 'only-for-this-test-0123456789' }],
    metrics: { read: metrics.read, token: 'only-for-this-test-0123456789' },
    limits: { perIp: 'off', perUser: 'off', perApp: 'off' },
  })
  const changes = database.prepare('SELECT total_changes()').pluck()
  const tables = database
    .prepare<[], { name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
    .all()
    .map(({ name }) => database.prepare(`SELECT * FROM "${name}"`))
  let known = { changes: -1, state: '' }
  /** Everything in the database; read again only when a statement has changed a row since. */
  function state(): string {
    const now = Number(changes.get())
    if (now !== known.changes) known = { changes: now, state: JSON.stringify(tables.map(table => table.all())) }
    return known.state
  }
  return { ...server, state }
}

const targets = targetsOf((await open().get<OpenapiDocument>(routes.openapi)).body)
const perRoute = Math.ceil(requests / targets.length)

function targetsOf({ paths }: OpenapiDocument): readonly Target[] {
  const documented = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { requestBody, parameters }]) => {
      const { content = {} } = (requestBody ?? {}) as { content?: Record<string, { schema?: Schema }> }
      const [[type, { schema = {} }] = [null, {}]] = Object.entries(content)
      const asked = ((parameters ?? []) as { name: string; in: string; schema: Schema }[]).filter(
        one => one.in === 'query',
      )
      const fields = type === null ? Object.fromEntries(asked.map(one => [one.name, one.schema])) : schema.properties
      return { method: method.toUpperCase(), path, type, fields: fields ?? {} }
    }),
  )
  const old = ['code', 'jsCode', 'encryptedData', 'iv', 'session_key', 'openid', 'token']
  const fields = Object.fromEntries(old.map(name => [name, { type: 'string' }]))
  const legacy = legacyPaths.map(path => ({ method: 'POST', path, type: 'application/json', fields }))
  const nowhere = { method: 'GET', path: '/{nowhere}', type: null, fields: {} }
  return [...documented, ...legacy, nowhere, { ...nowhere, path: '/legacy/{appId}/user', method: 'POST' }]
}

const ugly = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    ...['', '\u0000', '\ud800', '\udfff\ud800', '\u202e', '__proto__', 'constructor', 'toString', '../../etc/passwd'],
    ...[
      "' OR 1=1 --",
      '%00',
      '%',
      '#{7*7}',
      '<script>alert(1)</script>',
      '\r\nx-injected: 1',
      '+8613800138000',
      '１３',
    ],
    ...['a'.repeat(129), 'A'.repeat(4097), '9'.repeat(400), '=', '{"a":1}', 'true', 'null', '1e999', '-0'],
  ),
)
const uglyText = ugly.chain(text => fc.constantFrom(text, `${canary}${text}`, `${text}${canary}`))
const uglyValue = fc.oneof(
  { weight: 3, arbitrary: uglyText },
  fc.constantFrom(null, true, 0, -1, 2 ** 53, 1e308, [], {}, [canary], { [canary]: canary }),
  fc.jsonValue({ depthSize: 'small' }),
)

function fieldOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern))
  return fc.string({ minLength: 1, maxLength: 64 })
}

/** Right, and then some fields of it spoiled, taken away or added. */
function fieldsOf(target: Target): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const right = fc.record(
    Object.fromEntries(Object.entries(target.fields).map(([name, schema]) => [name, fieldOf(schema)])),
  )
  const names = Object.keys(target.fields)
  const extra = fc.constantFrom('openid', 'userId', '__proto__', 'constructor', `x${canary}`, '13800138000')
  const spoiled = fc.dictionary(fc.oneof(fc.constantFrom(...names, 'extra'), extra), uglyValue, { maxKeys: 3 })
  const gone =
    names.length === 0 ? fc.constant<string[]>([]) : fc.subarray(names, { maxLength: Math.min(2, names.length) })
  return fc
    .tuple(
      right,
      fc.oneof(fc.constant({}), spoiled),
      fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, gone),
    )
    .map(([fields, more, without]) =>
      Object.fromEntries(Object.entries({ ...fields, ...more }).filter(([name]) => !without.includes(name))),
    )
}

function formOf(fields: Readonly<Record<string, unknown>>): string {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value))
  return form.toString()
}

function multipart(fields: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--edge\r\ncontent-disposition: form-data; name="${name}"; filename="x.png"\r\n\r\n${String(value)}\r\n`,
  )
  return `${parts.join('')}--edge--\r\n`
}

function bodyOf(target: Target): fc.Arbitrary<Hostile['body']> {
  const fields = fieldsOf(target)
  const form = target.type === 'application/x-www-form-urlencoded'
  const whole = fields.map(all => (form ? formOf(all) : JSON.stringify(all)))
  return fc.oneof(
    { weight: 8, arbitrary: whole },
    fields.map(multipart),
    fields.map(formOf),
    fc.tuple(whole, fc.nat(200)).map(([text, at]) => text.slice(0, at)),
    whole.map(text => `{"code":"${canary}",${text.slice(1)}`),
    whole.map(text => `{"__proto__":{"admin":true},${text.slice(1)}`),
    whole.map(text => `\ufeff${text}`),
    fc.uint8Array({ maxLength: 300 }).map(bytes => new Uint8Array(bytes)),
    fc.constantFrom('[', '{"a":').chain(open => fc.nat(8000).map(depth => open.repeat(depth))),
    fc.constantFrom('x'.repeat(16_385), `"${canary.repeat(200_000)}"`, '', 'null', '[]', '"text"', '1e99999'),
    fc.json(),
  )
}

const latin = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map(code => String.fromCharCode(code)),
  maxLength: 60,
})

function headersOf(target: Target, token: () => string): fc.Arbitrary<Hostile['headers']> {
  const types = [
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=edge',
    'image/png',
  ]
  const right = target.type === 'image/*' || target.type === null ? 'application/json' : target.type
  const type = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constant(right === 'multipart/form-data' ? 'multipart/form-data; boundary=edge' : right),
    },
    fc.constantFrom(...types, 'text/plain', 'application/json; charset=utf-16', 'multipart/form-data', ''),
    latin,
  )
  const basic = latin.map(text => `Basic ${Buffer.from(text, 'latin1').toString('base64')}`)
  const authorization = fc.oneof(
    { weight: 8, arbitrary: fc.constant('').map(() => `Bearer ${token()}`) },
    basic,
    latin.map(text => `Bearer ${canary}${text}`),
    latin,
  )
  const other = fc.constantFrom(
    ...['x-request-id', 'x-forwarded-for', 'content-encoding', 'content-length', 'user-agent', 'cookie', 'referer'],
    ...[
      'origin',
      'access-control-request-method',
      'x-http-method-override',
      'accept',
      'range',
      'if-none-match',
      'token',
    ],
  )
  return fc
    .tuple(
      type,
      fc.option(authorization, { freq: 8 }),
      fc.dictionary(
        other,
        latin.map(text => `${canary} ${text}`),
        { maxKeys: 2 },
      ),
    )
    .map(([type, who, more]) => [
      ['content-type', type],
      ...(who === null ? [] : [['authorization', who] as const]),
      ...Object.entries(more),
    ])
}

const segment = fc.oneof(
  fc.constantFrom(
    'phone',
    'privacy',
    'x'.repeat(32),
    '00000000-0000-7000-8000-000000000000',
    '{user}',
    canary,
    '..%2f..%2fetc',
  ),
  fc.constantFrom(
    '%',
    '%zz',
    '%00',
    '%E0%A4%A',
    '%ud800',
    '%2e%2e',
    '%c0%ae',
    'a%2fb',
    '{key}',
    ':id',
    '*',
    'x'.repeat(9000),
  ),
  fc.webPath().map(path => `${canary}${path.replaceAll('/', '')}`),
)

/** What an attacker who stole the best token of the route would know. */
interface Stolen {
  readonly token: () => string
  readonly userId: () => string
}

function hostile(target: Target, { token, userId }: Stolen): fc.Arbitrary<Hostile> {
  const inQuery = target.type === null && Object.keys(target.fields).length > 0
  const query = inQuery
    ? fieldsOf(target).map(formOf)
    : fc.oneof({ weight: 5, arbitrary: fc.constant('') }, fc.webQueryParameters())
  return fc
    .record({
      method: fc.oneof({ weight: 8, arbitrary: fc.constant(target.method) }, fc.constantFrom(...methods)),
      segment,
      query,
      headers: headersOf(target, token),
      body: bodyOf(target),
    })
    .map(({ method, segment, query, headers, body }) => ({
      method,
      path: `${target.path.replace(/\{\w+\}/g, () => segment.replace('{user}', userId()))}${query === '' ? '' : `?${query}`}`,
      headers,
      body: method === 'GET' || method === 'HEAD' ? null : body,
    }))
}

/** Every kind of answer that came. */
const met = new Set<string>()

/** Requests that once broke a rule. */
const once: readonly Hostile[] = vectors.requests.map(({ headers, ...request }) => ({
  ...request,
  headers: Object.entries(headers),
}))

/** A server of its own, so that what is compared stays small, and a user who comes back when they were thrown out. */
async function enter() {
  const server = open()
  let { token, user } = await server.logIn()
  return { attack, token: () => token, userId: () => user.id }

  async function attack({ method, path, headers, body }: Hostile): Promise<void> {
    const init = { method, headers: new Headers(headers.map(([name, value]) => [name, value.trim()])), body }
    const before = server.state()
    const {
      status,
      text,
      body: answer,
      headers: told,
    } = await server.send<Readonly<Record<string, unknown>>>(path, init)

    met.add(status < 400 ? `granted ${status}` : String(answer?.code))
    expect(status).toBeLessThan(500)
    expect(text.length).toBeLessThan(500_000)
    expect([...told.keys()].filter(name => /^access-control|^set-cookie|^x-injected|^location/.test(name))).toEqual([])
    expect(told.get('x-content-type-options')).toBe('nosniff')
    if (status < 400) {
      if (method !== 'GET' && method !== 'HEAD' && (await server.me(token)).status === 401) {
        const unblock = adminRoutes.userUnblock.replace('{id}', user.id)
        if (path.endsWith('/block')) await server.post(unblock, { reason: 'it was a test' }, operatorToken('admin'))
        ;({ token, user } = await server.logIn())
      }
      return
    }
    expect(server.state()).toBe(before)
    expect(told.get('cache-control')).toBe('no-store')
    expect(`${text}${JSON.stringify([...told])}`).not.toContain(canary)
    expect(text).not.toMatch(/node:|node_modules|\.ts:\d|at \w+ \(/)
    expect(text.length).toBeLessThan(2000)
    if (method === 'HEAD') return
    expect([answer.code, answer.error].filter(code => Object.hasOwn(problemCodes, String(code)))).toHaveLength(1)
    if (!told.get('content-type')?.startsWith('application/problem+json')) return
    expect(answer).toMatchObject({
      status,
      requestId: told.get('x-request-id'),
      message: { zh: expect.stringMatching(/\p{Script=Han}/u), en: expect.stringMatching(/\w/) },
      fix: { zh: expect.stringMatching(/\p{Script=Han}/u), en: expect.stringMatching(/\w/) },
    })
    if (answer.detail !== undefined) expect(answer.detail).not.toMatch(/undefined|\[object|Invalid input|expected/)
  }
}

describe('whatever is sent, the answer is a documented one', () => {
  test.each(once)('$method $path, as it once broke a rule', async request => (await enter()).attack(request))

  test.each(targets.map(target => [`${target.method} ${target.path}`, target] as const))(
    '%s',
    async (_, target) => {
      const { attack, token, userId } = await enter()
      const best = target.path.startsWith('/admin/') ? () => operatorToken('admin') : token
      const before = process.cpuUsage()
      await fc.assert(fc.asyncProperty(hostile(target, { token: best, userId }), attack), { numRuns: perRoute })
      const { user, system } = process.cpuUsage(before)
      if (long) expect((user + system) / 1000 / perRoute).toBeLessThan(mostCpu)
    },
    3_600_000,
  )

  test('and all kinds came: granted, and refused for many reasons', () => {
    expect(met).toContain('granted 200')
    expect(met.size).toBeGreaterThan(20)
  })
})
