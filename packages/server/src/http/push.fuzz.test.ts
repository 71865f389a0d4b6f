import { routes } from '@weapp-auth/protocol/contract'
import { encryptPush, pushSignature } from '@weapp-auth/protocol/wechat'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import vectors from '../../../protocol/vectors/regressions/pushes.json' with { type: 'json' }
import { appId, issuer, openServer } from '../../test/open-server.ts'

/*
 * Whoever knows the URL may send what they like, in JSON and XML, and may have seen messages that WeChat sent. What is
 * kept is what WeChat signed, once; everything else is refused before anything of it is believed.
 */

const runs = process.env.WEAPP_AUTH_LONG ? 1_000_000 : 50_000
const token = 'AAAAA'
const encodingAesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'
const path = routes.wechatPush.replace('{appId}', appId)
const now = 1_800_000_000_000

/** The four things that a signature is about, and the name under which WeChat sends each. */
interface Signed {
  readonly timestamp: string
  readonly nonce: string
  readonly msg_signature: string
  readonly encrypt: string
}

const genuine: readonly Signed[] = ['nonce1', '1949326', '00', '5', '~~~'].flatMap((nonce, at) =>
  [now, now - 200_000].map(time => {
    const timestamp = String(time / 1000)
    const fields = { MsgType: 'event', Event: 'user_authorization_cancellation', AppID: appId }
    const message = JSON.stringify({ ...fields, CreateTime: time / 1000, OpenID: `openid-${at}-${time}` })
    const encrypt = encryptPush({ encodingAesKey, appId, message, random: new Uint8Array(16).fill(at + 1) })
    return { timestamp, nonce, encrypt, msg_signature: pushSignature({ token, timestamp, nonce, encrypt }) }
  }),
)

const cdata = (name: string, value: string) => `<${name}><![CDATA[${value}]]></${name}>`
/** How a ciphertext may be wrapped. */
const wraps = {
  JSON: text => JSON.stringify({ ToUserName: 'gh_1', Encrypt: text }),
  'JSON with more': text => JSON.stringify({ Encrypt: text, Event: 'user_info_modified', OpenID: 'x', A: [1] }),
  XML: text => `<xml>${cdata('ToUserName', 'gh_1')}${cdata('Encrypt', text)}</xml>`,
  'XML with more': text => `\n<xml>\n${cdata('encrypt', text)}<A><B>1</B></A></xml>`,
} satisfies Record<string, (encrypt: string) => string>
/** How it may not. */
const wrong = {
  'the ciphertext alone': text => text,
  'it twice': text => `<xml>${cdata('Encrypt', text)}${cdata('encrypt', text)}</xml>`,
  'it twice in JSON': text => `{"Encrypt":${JSON.stringify(text)},"Encrypt":${JSON.stringify(text)}}`,
  'it in an entity': text => `<!DOCTYPE xml [<!ENTITY e "${text}">]><xml><Encrypt>&e;</Encrypt></xml>`,
  'it one deeper': text => JSON.stringify({ xml: { Encrypt: text } }),
  'it under __proto__': text => `{"__proto__":{"Encrypt":${JSON.stringify(text)}}}`,
  'a list of it': text => JSON.stringify([{ Encrypt: text }]),
  'half of it': text => `{"Encrypt":"${text.slice(0, text.length / 2)}`,
  'a bomb': text => `<xml>${'<a>'.repeat(10_000)}${text}</xml>`,
  'deep brackets': text => '['.repeat(30_000) + text,
  'more than 64 KB': text => JSON.stringify({ Encrypt: text, A: 'x'.repeat(65_536) }),
} satisfies Record<string, (encrypt: string) => string>

const part = fc.constantFrom('timestamp', 'nonce', 'msg_signature', 'encrypt')
const letter = fc.constantFrom(...'0159AZaz+/=<& \n\u0000é')
const shortText = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('', '0', 'null', '__proto__'))

/** What is done to a message that WeChat signed. */
const change = fc.oneof(
  fc.constant((one: Signed) => one),
  fc.tuple(part, fc.nat(500), letter).map(([name, at, char]) => (one: Signed) => {
    const text = one[name]
    return { ...one, [name]: text.slice(0, at % text.length) + char + text.slice((at % text.length) + 1) }
  }),
  fc.tuple(part, letter).map(([name, char]) => (one: Signed) => ({ ...one, [name]: one[name] + char })),
  fc.tuple(part, letter).map(([name, char]) => (one: Signed) => ({ ...one, [name]: char + one[name] })),
  fc.tuple(part, shortText).map(([name, text]) => (one: Signed) => ({ ...one, [name]: text })),
  fc.tuple(part, fc.constantFrom(...genuine)).map(([name, other]) => (one: Signed) => ({
    ...one,
    [name]: other[name],
  })),
  // The signature runs its parts together, so letters may be moved from the end of one to the beginning of another.
  fc.tuple(part, part, fc.integer({ min: 1, max: 64 })).map(([from, to, count]) => (one: Signed) => {
    const taken = one[from].slice(-count)
    const rest = { ...one, [from]: one[from].slice(0, -count) }
    return { ...rest, [to]: taken + rest[to] }
  }),
  fc.tuple(part, part, fc.integer({ min: 1, max: 64 })).map(([from, to, count]) => (one: Signed) => {
    const rest = { ...one, [from]: one[from].slice(count) }
    return { ...rest, [to]: rest[to] + one[from].slice(0, count) }
  }),
  fc.constantFrom(3, 16, 48).map(bytes => (one: Signed) => ({
    ...one,
    encrypt: Buffer.from(one.encrypt, 'base64').subarray(bytes).toString('base64'),
  })),
)

const attempt = fc.record({
  one: fc.constantFrom(...genuine),
  changes: fc.array(change, { maxLength: 2 }),
  wrap: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...(Object.keys(wraps) as (keyof typeof wraps)[])) },
    { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(wrong) as (keyof typeof wrong)[])) },
  ),
  type: fc.constantFrom('application/json', 'text/xml', 'text/plain', ''),
  more: fc.constantFrom('', '&signature=x', '&encrypt_type=aes', '&nonce=other', '&timestamp=1'),
})

function open() {
  const server = openServer({ policy: { push: { token, encodingAesKey, delayMs: 0 } } })
  server.time.now = now
  async function send(one: Signed, wrap: keyof typeof wraps | keyof typeof wrong, type = '', more = '') {
    const { encrypt, ...query } = one
    const body = { ...wraps, ...wrong }[wrap](encrypt)
    const init = { method: 'POST', body, headers: type === '' ? {} : { 'content-type': type } }
    const response = await server.server.fetch(
      new Request(`${issuer}${path}?${new URLSearchParams(query)}${more}`, init),
    )
    await response.text()
    return response.status
  }
  return { ...server, send }
}

test.each(vectors.refused)('refused as it once was not: $found', async ({ genuine, replayed }) => {
  const { send, time } = open()
  time.now = vectors.now
  expect(await send(genuine, 'JSON')).toBe(200)
  expect(await send(replayed, 'JSON')).toBe(403)
})

test('what is kept is what WeChat signed, once', { timeout: 3_600_000 }, async () => {
  const { send, server, eventsOf, pass } = open()
  const kept = new Set<string>()
  const keyOf = ({ timestamp, nonce, msg_signature, encrypt }: Signed) =>
    [timestamp, nonce, msg_signature, encrypt].join('|')
  const known = new Set(genuine.map(keyOf))
  const property = fc.asyncProperty(attempt, async ({ one, changes, wrap, type, more }) => {
    const sent = changes.reduce<Signed>((before, change) => change(before), one)
    const key = keyOf(sent)
    const isSigned = known.has(key) && wrap in wraps
    const status = await send(sent, wrap, type, more)
    if (status >= 500) throw new Error(`answered ${status}`)
    if ((status === 200) !== isSigned) throw new Error(`answered ${status}`)
    if (isSigned) kept.add(key)
  })
  await fc.assert(property, { numRuns: runs })
  expect(kept.size).toBe(genuine.length)
  // WeChat sends again what it takes for lost: that is no reason to do it twice.
  expect(eventsOf('push-received').filter(({ repeated }) => !repeated)).toHaveLength(genuine.length)
  pass(60_000)
  expect(await server.work()).toBe(genuine.length)
})
