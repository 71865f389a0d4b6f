import { routes } from '@weapp-auth/protocol/contract'
import { WechatFault } from '@weapp-auth/protocol/wechat'
import { createServer, generateKeyring, type Store } from '@weapp-auth/server'
import { createMemoryStore } from '@weapp-auth/server/memory'
import { createWechat, type WechatOptions } from '@weapp-auth/wechat'
import fc from 'fast-check'
import { expect, test } from 'vitest'

/*
 * WeChat, or something that stands between, answers anything at all. The caller gets a value that is as documented or a
 * fault with a code; a server behind it makes no user of a bad answer, says 5xx with a code of ours, and tells nobody
 * what was in the answer.
 */

const runs = process.env.WEAPP_AUTH_LONG ? { client: 400_000, server: 100_000 } : { client: 14_000, server: 6_000 }
const patience = 3_600_000
const appId = 'wx0000000000000001'
const secret = '5ec2e7c0ffee5ec2e7c0ffee5ec2e7c0'
const issuer = 'https://auth.example.com'
/** In what is answered wrongly; nobody who asks us may read it. */
const canary = 'qz7Kx9'

const sessionKey = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytes => Buffer.from(bytes).toString('base64'))
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.string({ unit: 'binary', maxLength: 40 }).map(text => canary + text),
  fc.constantFrom<unknown>(
    '',
    null,
    [],
    {},
    0,
    -1,
    1e308,
    ['o1'],
    { toString: 'x' },
    '\u0000',
    '\ud800',
    'x'.repeat(200),
  ),
)
const errcode = fc.oneof(
  fc.constantFrom<unknown>(0, -1, 40029, 40163, 40226, 45011, 40001, 42001, 40013, 40125, 1, '0', null, 1.5, 2 ** 60),
  odd,
)

const session = fc.record({
  openid: fc.stringMatching(/^o[\w-]{27}$/),
  session_key: sessionKey,
  unionid: fc.constantFrom('', 'u1'),
})
const watermark = fc.constantFrom({ timestamp: 1_790_000_000, appid: appId }, { timestamp: 1, appid: 'wx2' }, null)
const phone = fc.record({
  errcode: fc.constant(0),
  phone_info: fc.record({
    phoneNumber: fc.constant('13800138000'),
    purePhoneNumber: fc.oneof({ weight: 4, arbitrary: fc.constant<unknown>('13800138000') }, odd),
    countryCode: fc.oneof({ weight: 4, arbitrary: fc.constant<unknown>('86') }, odd),
    watermark,
  }),
})
const check = fc.record({
  errcode: fc.constant(0),
  vaild: fc.oneof(fc.boolean(), odd),
  create_time: fc.oneof(fc.nat(), odd),
})

/** Fields replaced, taken away and added. */
function spoiled(right: fc.Arbitrary<object>): fc.Arbitrary<unknown> {
  const names = ['openid', 'session_key', 'unionid', 'phone_info', 'errmsg', '__proto__', 'vaild', 'constructor']
  const more = fc.option(fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 2 }), { freq: 2, nil: {} })
  const without = fc.oneof({ weight: 2, arbitrary: fc.constant<string[]>([]) }, fc.subarray(names, { maxLength: 2 }))
  return fc.tuple(right, more, without, fc.option(errcode, { freq: 3 })).map(([answer, extra, gone, code]) => ({
    ...Object.fromEntries(Object.entries({ ...answer, ...extra }).filter(([name]) => !gone.includes(name))),
    ...(code === null ? {} : { errcode: code }),
  }))
}

type Raw =
  | { readonly status: number; readonly body: string | Uint8Array<ArrayBuffer>; readonly type: string }
  | 'no connection'

function answered(right: fc.Arbitrary<object>): fc.Arbitrary<Raw> {
  const text = fc
    .oneof({ weight: 6, arbitrary: right }, { weight: 8, arbitrary: spoiled(right) }, fc.jsonValue())
    .map(value => JSON.stringify(value))
  const body = fc.oneof(
    { weight: 12, arbitrary: text },
    fc.tuple(text, fc.nat(100)).map(([whole, at]) => whole.slice(0, at)),
    text.map(whole => `\ufeff${whole}`),
    text.map(whole => `${whole}${canary}`),
    text.map(whole => `{"openid":"o2","openid":"${canary}",${whole.slice(1)}`),
    fc.uint8Array({ maxLength: 60 }).map(bytes => new Uint8Array(bytes)),
    fc.constantFrom(
      '',
      'null',
      `<html>${canary}</html>`,
      '['.repeat(20_000),
      JSON.stringify({ openid: 'x'.repeat(70_000) }),
    ),
  )
  const status = fc.oneof(
    { weight: 12, arbitrary: fc.constant(200) },
    fc.constantFrom(201, 301, 302, 400, 403, 404, 500, 502, 503),
  )
  const type = fc.constantFrom('text/plain', 'application/json', 'text/html', 'application/json; charset=gbk')
  return fc.oneof({ weight: 30, arbitrary: fc.record({ status, body, type }) }, fc.constant('no connection' as const))
}

/** Pauses end at once, and nothing is ever too slow: time-outs are whole seconds, pauses are shorter. */
function quickTime() {
  let now = 0
  const timer: WechatOptions['timer'] = {
    now: () => now,
    after(ms, run) {
      if (ms >= 1000) return () => {}
      now += ms
      const handle = setImmediate(run)
      return () => clearImmediate(handle)
    },
  }
  const pass = (ms: number) => {
    now += ms
  }
  return { timer, clock: { now: () => 1_790_000_000_000 + now }, pass }
}

function open() {
  const time = quickTime()
  const world: { answer: Raw } = { answer: 'no connection' }
  const wechat = createWechat({
    apps: [{ appId, secret }],
    timer: time.timer,
    clock: time.clock,
    random: () => 0,
    async fetch(request) {
      if (new URL(request.url).pathname === '/cgi-bin/stable_token')
        return Response.json({ access_token: 'token', expires_in: 7200 })
      if (world.answer === 'no connection') throw new TypeError(`fetch failed: ${request.url}`)
      const { status, body, type } = world.answer
      return new Response(body, { status, headers: { 'content-type': type } })
    },
  })
  /** A new day: nothing of the answer before is in force. */
  const next = (answer: Raw) => {
    time.pass(120_000)
    world.answer = answer
  }
  return { wechat, next, clock: time.clock }
}

/** What an answer is, read by rules of our own; `null`: not what WeChat promises. */
function fieldsOf(answer: Raw): Readonly<Record<string, unknown>> | null {
  if (answer === 'no connection' || answer.status !== 200) return null
  const bytes = Buffer.from(answer.body)
  if (bytes.length > 64 * 1024) return null
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    const fields = isObject ? (value as Readonly<Record<string, unknown>>) : null
    return fields && (fields.errcode === undefined || fields.errcode === 0) ? fields : null
  } catch {
    return null
  }
}

function isSession({ openid, session_key, unionid }: Readonly<Record<string, unknown>>): boolean {
  const isId = (id: unknown) => typeof id === 'string' && /^[\w-]{1,128}$/.test(id)
  const isKey = typeof session_key === 'string' && Buffer.from(session_key, 'base64').length === 16
  const isCanonical = isKey && Buffer.from(session_key, 'base64').toString('base64') === session_key
  return isId(openid) && isCanonical && (unionid === undefined || unionid === null || unionid === '' || isId(unionid))
}

/** Its answer, or the fault; anything else gets out. */
async function outcomeOf<T>(run: () => Promise<T>): Promise<T | WechatFault> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof WechatFault)) throw error
    if (`${error} ${error.cause} ${JSON.stringify(error)}`.includes(secret)) throw new Error('the secret is in a fault')
    return error
  }
}

test('the client of WeChat answers a value that is as documented, or a fault with a code', {
  timeout: patience,
}, async () => {
  const { wechat, next } = open()
  const seen = new Set<string>()
  const calls = {
    session: async (answer: Raw) => {
      const outcome = await outcomeOf(() => wechat.codeToSession({ appId, code: 'code1' }))
      const fields = fieldsOf(answer)
      const isGood = fields !== null && isSession(fields)
      if (!(outcome instanceof WechatFault) && outcome.status === 'ok') {
        if (!isGood || outcome.session.openId !== fields.openid) throw new Error('a session of a bad answer')
      } else if (isGood) throw new Error('a good answer was refused')
      return outcome
    },
    phone: async (answer: Raw) => {
      const outcome = await outcomeOf(() => wechat.phoneByCode({ appId, code: 'code1', openId: 'o1' }))
      if (outcome instanceof WechatFault || outcome.status !== 'ok') return outcome
      const { phone_info } = fieldsOf(answer) ?? {}
      const told = phone_info as { countryCode: unknown; purePhoneNumber: unknown; watermark: { appid: unknown } }
      if (outcome.phone.number !== `+${told.countryCode}${told.purePhoneNumber}`)
        throw new Error('another number than WeChat told')
      if (told.watermark.appid !== appId) throw new Error('of another app')
      return outcome
    },
    check: async (answer: Raw) => {
      const outcome = await outcomeOf(() => wechat.checkEncryptedData({ appId, encryptedData: 'AAAA' }))
      if (outcome instanceof WechatFault || outcome.status !== 'genuine') return outcome
      if (fieldsOf(answer)?.vaild !== true) throw new Error('genuine, though WeChat did not say so')
      return outcome
    },
  }
  const asked = fc.oneof(
    fc.tuple(fc.constant('session' as const), answered(session)),
    fc.tuple(fc.constant('phone' as const), answered(phone)),
    fc.tuple(fc.constant('check' as const), answered(check)),
  )
  const property = fc.asyncProperty(asked, async ([name, answer]) => {
    next(answer)
    const outcome = await calls[name](answer)
    seen.add(`${name} ${outcome instanceof WechatFault ? outcome.code : outcome.status}`)
  })
  await fc.assert(property, { numRuns: runs.client })
  expect([...seen]).toEqual(expect.arrayContaining(['session ok', 'phone ok', 'check genuine', 'session bad-answer']))
})

test('a server makes a user of a good answer only, and tells nobody what was in a bad one', {
  timeout: patience,
}, async () => {
  const { wechat, next, clock } = open()
  let recorded = 0
  const memory = createMemoryStore()
  const store: Store = {
    ...memory,
    async recordLogin(input) {
      recorded += 1
      return memory.recordLogin(input)
    },
  }
  const limits = { perIp: 'off', perUser: 'off', perApp: 'off' } as const
  const server = createServer({ apps: [{ appId }], store, wechat, keys: generateKeyring(), issuer, clock, limits })
  let count = 0
  const seen = new Set<number>()
  const property = fc.asyncProperty(answered(session), async answer => {
    next(answer)
    count += 1
    const before = recorded
    const body = JSON.stringify({ appId, code: `code${count}`, nonce: String(count).padStart(16, 'n') })
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
    const response = await server.fetch(new Request(issuer + routes.login, init))
    const text = await response.text()
    seen.add(response.status)
    const fields = fieldsOf(answer)
    const isGood = fields !== null && isSession(fields)
    if ((response.status === 200) !== isGood) throw new Error(`answered ${response.status}`)
    if (recorded > before !== isGood) throw new Error('a user of a bad answer')
    if (isGood) return
    if (!/^(401|403|409|429|502|503)$/.test(String(response.status))) throw new Error(`answered ${response.status}`)
    if (typeof JSON.parse(text).code !== 'string') throw new Error('no code of ours')
    if (text.includes(canary) || text.includes(secret)) throw new Error('the answer of WeChat shows')
  })
  await fc.assert(property, { numRuns: runs.server })
  expect([...seen]).toEqual(expect.arrayContaining([200, 502, 503]))
})
