import { type LoginAnswer, routes } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { newSessionKey } from '../test/fake-wechat.ts'
import { type Answer, appId, newNonce, openServer } from '../test/open-server.ts'
import { StorageFault, type Store } from './ports/store.ts'
import { createMemoryStore } from './stores/memory/index.ts'

/** Everything that went into a store, as text in which every byte is one character. */
function recordingStore(written: string[]): Store {
  const store = createMemoryStore()
  return new Proxy(store, {
    get(target, name: keyof Store) {
      const method = target[name] as (...input: unknown[]) => unknown
      return (...input: unknown[]) => {
        written.push(...flat(input))
        return method.apply(target, input)
      }
    },
  })
}

function flat(value: unknown): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('latin1')]
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(flat)
  return [String(value)]
}

/** The spellings in which a secret could slip out. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  return [secret, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), encodeURIComponent(secret)]
}

function phoneSpellings(national: string): readonly string[] {
  return [national, `${national.slice(0, 3)} ${national.slice(3, 7)} ${national.slice(7)}`].flatMap(spellings)
}

function expectNone(haystack: string, secrets: Readonly<Record<string, readonly string[]>>): void {
  const found = Object.entries(secrets).filter(([, texts]) => texts.some(text => haystack.includes(text)))
  expect(found.map(([name]) => name)).toEqual([])
}

/** Plays every route, in success and in failure, and keeps all that the server said and stored. */
async function play() {
  const written: string[] = []
  const server = openServer({ openData: 'monitor', phoneConflict: 'reject', store: recordingStore(written) })
  const { wechat, post, get, phone, rotate, events } = server
  const sessionKeys = [newSessionKey(), newSessionKey()]
  const numbers = ['13812345678', '13987654321'] as const
  const answers: { readonly route: string; readonly answer: Answer<unknown> }[] = []
  const codes: string[] = []
  const nonces: string[] = []
  const proofs: string[] = []
  const keep = async <T>(route: string, sent: Promise<Answer<T>>) => {
    const answer = await sent
    answers.push({ route, answer })
    return answer
  }
  const nonce = () => {
    nonces.push(newNonce())
    return nonces.at(-1) ?? ''
  }
  const code = (made: string) => {
    codes.push(made)
    return made
  }

  const person = { appId, openId: 'openid-of-xiaoming', sessionKey: sessionKeys[0] ?? '' }
  const login = { appId, code: code(wechat.loginCode(person)), nonce: nonce() }
  const { body } = await keep(routes.login, post<LoginAnswer>(routes.login, login))
  const token = body.tokens.accessToken
  await keep(routes.login, post(routes.login, { ...login, nonce: nonce() }))
  await keep(routes.login, post(routes.login, { ...login, code: code('code-never-issued-1234') }))
  wechat.failNext('codeToSession', 'unavailable')
  await keep(routes.login, post(routes.login, { ...login, code: code(wechat.loginCode(person)) }))

  const byCode = { code: code(wechat.phoneCode(person, `+86${numbers[0]}`)), nonce: nonce() }
  await keep(routes.phone, phone(byCode, token))
  await keep(routes.phone, phone({ ...byCode, nonce: nonce() }, token))
  const data = wechat.phoneData(person, `+86${numbers[1]}`)
  const forged = wechat.phoneData({ ...person, sessionKey: sessionKeys[1] ?? '' }, `+86${numbers[1]}`)
  proofs.push(data.encryptedData, data.iv, forged.encryptedData, forged.iv)
  await keep(routes.phone, phone({ ...data, loginId: body.loginId, nonce: nonce() }, token))
  await keep(routes.phone, phone({ ...data, loginId: body.loginId, nonce: nonce() }, token))
  for (let at = 0; at < 6; at += 1)
    await keep(routes.phone, phone({ ...forged, loginId: body.loginId, nonce: nonce() }, token))

  const second = { appId, openId: 'openid-of-xiaohong', sessionKey: sessionKeys[1] ?? '' }
  const both = { appId, code: code(wechat.loginCode(second)), nonce: nonce() }
  const taken = code(wechat.phoneCode(second, `+86${numbers[1]}`))
  await keep(routes.loginPhone, post(routes.loginPhone, { ...both, phone: { code: taken } }))

  await keep(routes.me, get(routes.me, token))
  await keep(routes.myPhones, get(routes.myPhones, token))
  await keep(routes.me, get(routes.me, `${token}AA`))
  const rotated = await keep(routes.token, rotate(body.tokens.refreshToken, nonce()))
  await keep(routes.token, rotate(body.tokens.refreshToken, nonce()))
  await keep(routes.logout, post(routes.logout, { refreshToken: rotated.body.tokens.refreshToken }))
  await keep(routes.jwks, get(routes.jwks))
  for (const broken of ['{"code":"', JSON.stringify({ ...login, nonce: `${login.nonce}!` })])
    await keep(routes.login, post(routes.login, broken))

  const tokens = answers.flatMap(({ answer: { text } }) => text.match(/eyJ[\w-]+\.[\w-]+\.[\w-]+|wxa_rt_[\w-]+/g) ?? [])
  const secrets = {
    'session key': sessionKeys.flatMap(key => [...spellings(key), Buffer.from(key, 'base64').toString('latin1')]),
    phone: numbers.flatMap(phoneSpellings),
    code: codes.flatMap(spellings),
    nonce: nonces.flatMap(spellings),
    ciphertext: proofs.flatMap(spellings),
    token: tokens.flatMap(spellings),
    'root key': server.keys.root.keys.map(({ secret }) => Buffer.from(secret).toString('latin1')),
    'signing key': server.keys.signing.map(({ secret }) => Buffer.from(secret).toString('latin1')),
  }
  return { answers, events, written: written.join('\n'), secrets }
}

describe('a secret', () => {
  it('is found by this test when it is there', () => {
    expect(() => expectNone('… 138 1234 5678 …', { phone: phoneSpellings('13812345678') })).toThrow()
    expect(flat([{ a: Buffer.from('13812345678') }])).toEqual(['13812345678'])
  })

  it('is in no event', async () => {
    const { events, secrets } = await play()
    expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThanOrEqual(8)
    expectNone(JSON.stringify(events), secrets)
  })

  it('is stored nowhere in plain', async () => {
    const { written, secrets } = await play()
    expect(written.length).toBeGreaterThan(2000)
    expectNone(written, secrets)
  })

  it('is in no refusal', async () => {
    const { answers, secrets } = await play()
    const refusals = answers.filter(({ answer }) => answer.status >= 400)
    expect(new Set(refusals.map(({ answer }) => (answer.body as { code: string }).code)).size).toBeGreaterThanOrEqual(8)
    expectNone(JSON.stringify(refusals.map(({ answer }) => [answer.text, [...answer.headers]])), secrets)
  })

  it('is in no answer but to its owner: tokens where they are issued, numbers where they are asked for', async () => {
    const { answers, secrets } = await play()
    const { token, phone, ...never } = secrets
    const withTokens: readonly string[] = [routes.login, routes.loginPhone, routes.token]
    const withPhones: readonly string[] = [routes.login, routes.loginPhone, routes.phone, routes.me, routes.myPhones]
    for (const { route, answer } of answers) {
      expectNone(answer.text, never)
      if (!withTokens.includes(route)) expectNone(answer.text, { token })
      if (!withPhones.includes(route)) expectNone(answer.text, { phone })
    }
  })

  it('does not come out of a store that breaks with it in its hands', async () => {
    const secret = newSessionKey()
    const store = createMemoryStore()
    const fail = async () => {
      throw new StorageFault('failed', new Error(`UNIQUE constraint failed: ${secret}`))
    }
    const { post, wechat, events } = openServer({ openData: 'enforce', store: { ...store, recordLogin: fail } })
    const code = wechat.loginCode({ appId, openId: 'o', sessionKey: secret })
    const { text } = await post(routes.login, { appId, code, nonce: newNonce() })
    expect(text).toContain('storage_failed')
    expectNone(text + JSON.stringify(events), { 'session key': spellings(secret) })
  })
})
