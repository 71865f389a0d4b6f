import { type Problem, problemCodes, routes } from '@weapp-auth/protocol/contract'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { appId, expectProblem, issuer, newNonce, openServer } from '../../test/open-server.ts'
import { StorageFault } from '../ports/store.ts'
import { createMemoryStore } from '../stores/memory/index.ts'

const login = { appId, code: 'some-code', nonce: 'n'.repeat(16) }
const json = { 'content-type': 'application/json' }

function postRaw(body: RequestInit['body'], headers: Record<string, string> = json, path: string = routes.login) {
  const { send, wechat } = openServer()
  const init = { method: 'POST', headers, body, duplex: 'half' }
  return send<Problem>(path, init as RequestInit).then(answer => ({ ...answer, wechat }))
}

describe('a body that is not one JSON object in UTF-8', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', '{"appId":'],
    ['trailing text', `${JSON.stringify(login)} x`],
    ['two objects', '{}{}'],
    ['a byte order mark', `\uFEFF${JSON.stringify(login)}`],
    ['one key twice', '{"appId":"a","appId":"b","code":"c","nonce":"n"}'],
    ['one key twice, spelled differently', '{"code":"a","\\u0063ode":"b"}'],
    ['a thousand brackets', '['.repeat(1000)],
    ['a hundred nested lists', `${'['.repeat(100)}${']'.repeat(100)}`],
    ['a broken surrogate in bytes', Uint8Array.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['bytes that are no UTF-8', Uint8Array.from([0x7b, 0xff, 0x7d])],
    ['UTF-16', Uint8Array.from(Buffer.from('{}', 'utf16le'))],
  ])('is refused: %s', async (_, body) => {
    expectProblem(await postRaw(body), 400, 'request_malformed')
  })

  it.each(['[]', '"text"', '1', 'null', 'true'])('is refused: %s', async body => {
    const answer = await postRaw(body)
    expectProblem(answer, 400, 'request_invalid')
    expect(answer.body.detail).toBe('the body must be one JSON object')
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=gbk',
    'application/json, text/plain',
    'application/jsonp',
    '',
  ])('is refused as %j', async type => {
    const headers: Record<string, string> = type === '' ? {} : { 'content-type': type }
    expectProblem(await postRaw(Buffer.from(JSON.stringify(login)), headers), 415, 'media_type_unsupported')
  })

  it('is refused when it is compressed', async () => {
    expectProblem(await postRaw('{}', { ...json, 'content-encoding': 'gzip' }), 415, 'media_type_unsupported')
  })

  it.each(['application/json', 'application/json;charset=utf-8', 'Application/JSON; charset="UTF-8"'])(
    'is read as %s',
    async type => {
      expectProblem(await postRaw(JSON.stringify(login), { 'content-type': type }), 401, 'code_invalid')
    },
  )
})

describe('a body over 16 KB', () => {
  const big = JSON.stringify({ ...login, code: 'x'.repeat(1_048_576) })

  it('is refused', async () => {
    expectProblem(await postRaw(big), 413, 'request_too_large')
    expectProblem(await postRaw('x'.repeat(16_385)), 413, 'request_too_large')
    expectProblem(await postRaw('x'.repeat(16_384)), 400, 'request_malformed')
  })

  it('is refused by its declared length before a byte is read, and by its true length when that lies', async () => {
    expectProblem(await postRaw('{}', { ...json, 'content-length': '16385' }), 413, 'request_too_large')
    expectProblem(await postRaw(big, { ...json, 'content-length': '10' }), 413, 'request_too_large')
  })

  it('is not read to its end', async () => {
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1024
        if (sent > 1_048_576) controller.close()
        else controller.enqueue(new Uint8Array(1024))
      },
    })
    expectProblem(await postRaw(body), 413, 'request_too_large')
    expect(sent).toBeLessThan(20 * 1024)
  })

  it('that breaks off is refused', async () => {
    const body = new ReadableStream<Uint8Array>({
      pull: controller => controller.error(new Error('the client went away')),
    })
    expectProblem(await postRaw(body), 400, 'request_malformed')
  })
})

describe('a field', () => {
  const phone = { code: 'some-code' }

  it.each([
    ['appId', { ...login, appId: undefined }],
    ['appId', { ...login, appId: 7 }],
    ['code', { ...login, code: null }],
    ['code', { ...login, code: '' }],
    ['code', { ...login, code: 'x&appid=wxEVIL#' }],
    ['code', { ...login, code: 'x'.repeat(129) }],
    ['code', { ...login, code: ['some-code'] }],
    ['nonce', { ...login, nonce: 'n'.repeat(15) }],
    ['nonce', { ...login, nonce: 'n'.repeat(129) }],
    ['nonce', { ...login, nonce: `${'n'.repeat(16)}\n` }],
    ['nonce', { appId, code: 'some-code' }],
  ])('"%s" that is missing, of a wrong type or form is named: %j', async (field, body) => {
    const answer = await postRaw(JSON.stringify(body))
    expectProblem(answer, 400, 'request_invalid')
    expect(answer.body.field).toBe(field)
    expect(answer.body.detail).toMatch(new RegExp(`^"${field}" must be `))
    expect(answer.wechat.calls.codeToSession).toBe(0)
  })

  it.each([
    ['phone', { ...login }],
    ['phone.code', { ...login, phone: {} }],
    ['phone.code', { ...login, phone: { code: 1 } }],
    ['phone.iv', { ...login, phone: { encryptedData: 'AAAA' } }],
    ['phone.encryptedData', { ...login, phone: { iv: 'AAAA' } }],
    ['phone.iv', { ...login, phone: { encryptedData: 'AAAA', iv: 'x'.repeat(4097) } }],
    ['phone.openId', { ...login, phone: { ...phone, openId: 'x' } }],
  ])('"%s" of a nested object is named: %j', async (field, body) => {
    const answer = await postRaw(JSON.stringify(body), json, routes.loginPhone)
    expectProblem(answer, 400, 'request_invalid')
    expect(answer.body.field).toBe(field)
  })

  it.each([
    ['iv', { encryptedData: 'AAAA' }],
    ['loginId', { encryptedData: 'AAAA', iv: 'AAAA' }],
    ['loginId', { encryptedData: 'AAAA', iv: 'AAAA', loginId: 'x' }],
    ['code', {}],
  ])('"%s" of the phone route is named: %j', async (field, body) => {
    const { logIn, phone } = openServer({ openData: 'enforce' })
    const { token } = await logIn()
    const answer = await phone({ ...body, nonce: newNonce() } as object, token)
    expectProblem(answer, 400, 'request_invalid')
    expect(answer.body.field).toBe(field)
  })

  it.each(['openid', 'openId', 'open_id', 'unionid', 'unionId', 'userId', 'user_id', 'uid', 'sub', 'session_key'])(
    '"%s" is never accepted: a client does not say who it is',
    async name => {
      const answer = await postRaw(JSON.stringify({ ...login, zzz: 1, [name]: 'victim' }))
      expectProblem(answer, 400, 'request_invalid')
      expect(answer.body).toMatchObject({ field: name, detail: `"${name}" is never accepted from a client` })
      expect(answer.text).not.toContain('victim')
    },
  )

  it.each(['__proto__', 'constructor', 'toString', 'extra'])('"%s" is not known', async name => {
    const answer = await postRaw(`{"appId":"${appId}","code":"c","nonce":"${newNonce()}","${name}":{"a":1}}`)
    expectProblem(answer, 400, 'request_invalid')
    expect(answer.body.field).toBe(name)
  })

  it('whose name could be a value is refused without its name', async () => {
    const answer = await postRaw(JSON.stringify({ ...login, '13800138000': 1 }))
    expect(answer.body).toMatchObject({ code: 'request_invalid', detail: 'a field is not known' })
    expect(answer.text).not.toContain('13800138000')
  })
})

describe('a path', () => {
  it.each(['/', '/v1', '/v1/login/', '/v2/login', '/v1/me/', '/.well-known/', '/V1/LOGIN', '/v1/me/phones/1', '/%'])(
    '%s that is no route is unknown',
    async path => {
      const { get, eventsOf } = openServer()
      expectProblem(await get(path), 404, 'route_unknown')
      expect(eventsOf('request')).toMatchObject([{ route: '(unknown)', status: 404, code: 'route_unknown' }])
    },
  )

  it.each([
    [routes.login, 'POST'],
    [routes.me, 'GET, HEAD, DELETE'],
    [routes.jwks, 'GET, HEAD'],
  ])('%s takes %s only', async (path, allow) => {
    const { send } = openServer()
    const answer = await send<Problem>(path, { method: 'PATCH' })
    expectProblem(answer, 405, 'method_not_allowed')
    expect(answer.headers.get('allow')).toBe(allow)
  })

  it('answers HEAD as GET without the body', async () => {
    const { send, logIn } = openServer()
    const { token } = await logIn()
    const answer = await send(routes.me, { method: 'HEAD', headers: { authorization: `Bearer ${token}` } })
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: '' })
    expect((await send(routes.me, { method: 'HEAD' })).status).toBe(401)
    expect((await send(routes.login, { method: 'HEAD' })).status).toBe(405)
  })
})

describe('every answer', () => {
  it('may not be stored or guessed at, and carries the id of its request', async () => {
    const { get, send, eventsOf } = openServer()
    for (const answer of [await get(routes.health), await get('/nowhere')]) {
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    }
    expect((await get(routes.health)).headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect((await get('/nowhere')).headers.get('content-type')).toBe('application/problem+json; charset=utf-8')

    const named = await send<Problem>('/nowhere', { headers: { 'x-request-id': 'mini-program.42' } })
    expect([named.headers.get('x-request-id'), named.body.requestId]).toEqual(['mini-program.42', 'mini-program.42'])
    expect(eventsOf('request').at(-1)?.requestId).toBe('mini-program.42')
  })

  it.each(['short', 'a'.repeat(41), 'with space', 'Zeilenumbruch\u00e4', '+8613800138000'])(
    'gets an id of its own when the given one is %j',
    async id => {
      const { send } = openServer()
      const answer = await send(routes.health, { headers: { 'x-request-id': id } })
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    },
  )

  it('that refuses is a problem with both languages and a way out', async () => {
    const { body } = await postRaw('{')
    const { message, fix, status, retry } = problemCodes.request_malformed
    const { requestId } = body
    const type = 'urn:weapp-auth:problem:request_malformed'
    expect(body).toEqual({ type, title: message.en, status, code: 'request_malformed', message, fix, retry, requestId })
  })
})

describe('a bearer token', () => {
  it('that is missing is asked for', async () => {
    const { get, send } = openServer()
    const answer = await get(routes.me)
    expectProblem(answer, 401, 'token_missing')
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expectProblem(await send(routes.me, { headers: { authorization: 'Basic abc' } }), 401, 'token_missing')
    expectProblem(await send(routes.me, { headers: { authorization: 'Bearer' } }), 401, 'token_missing')
  })

  it('that is not ours, expired or followed by anything is refused', async () => {
    const { me, logIn, pass } = openServer()
    const stranger = openServer()
    const { token, tokens } = await logIn()
    const wrong = [(await stranger.logIn()).token, tokens.refreshToken, `${token}x`, 'guess']
    for (const text of wrong) {
      const answer = await me(text)
      expectProblem(answer, 401, 'token_invalid')
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    }
    for (const tail of [' x', '  x', ', Bearer x', '\tx'])
      expectProblem(await me(`${token}${tail}`), 401, 'token_invalid')
    pass(600_000)
    expectProblem(await me(token), 401, 'token_invalid')
  })

  it('is checked before the body is read', async () => {
    const { send } = openServer()
    expectProblem(await send(routes.phone, { method: 'POST', body: '{' }), 401, 'token_missing')
  })

  it('may be spelled in any case of its scheme', async () => {
    const { send, logIn } = openServer()
    const { token } = await logIn()
    expect((await send(routes.me, { headers: { authorization: `bearer ${token}` } })).status).toBe(200)
  })
})

describe('identity in any other place', () => {
  it('changes nothing: query, headers and cookies do not say who asks', async () => {
    const { send, logIn } = openServer()
    const victim = await logIn('openid-of-victim')
    const { token, user } = await logIn('openid-of-thief')
    const headers = {
      authorization: `Bearer ${token}`,
      cookie: `openid=openid-of-victim; userId=${victim.user.id}`,
      'x-openid': 'openid-of-victim',
      'x-wx-openid': 'openid-of-victim',
    }
    const answer = await send<{ user: { id: string } }>(`${routes.me}?userId=${victim.user.id}`, { headers })
    expect(answer.body.user.id).toBe(user.id)
  })
})

describe('the public keys', () => {
  it('may be cached, and verify our tokens for anybody', async () => {
    const { get, logIn, time } = openServer()
    const { token, user } = await logIn()
    const answer = await get<Parameters<typeof createLocalJWKSet>[0]>(routes.jwks)
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300')
    expect(answer.text).not.toContain('"d"')
    const { payload } = await jwtVerify(token, createLocalJWKSet(answer.body), {
      issuer,
      audience: issuer,
      typ: 'at+jwt',
      currentDate: new Date(time.now),
    })
    expect(payload.sub).toBe(user.id)
  })
})

describe('health', () => {
  it('is the process alone, readiness is the store too', async () => {
    const store = createMemoryStore()
    const { get } = openServer({ store })
    expect((await get(routes.ready)).body).toEqual({ status: 'ok' })
    await store.close()
    expect((await get(routes.health)).body).toEqual({ status: 'ok' })
    expectProblem(await get(routes.ready), 503, 'storage_failed')
  })
})

describe('an error nobody foresaw', () => {
  it('is told to the operator by its place, to the caller by its id, and quotes nothing', async () => {
    const store = createMemoryStore()
    const broken = Object.assign(store, {
      findIdentity: async () => {
        throw new RangeError('cannot handle +8613800138000')
      },
    })
    const { post, wechat, events, eventsOf } = openServer({ store: broken })
    const answer = await post(routes.login, { ...login, code: wechat.loginCode({ appId, openId: 'o' }) })
    expectProblem(answer, 500, 'internal_error')
    expect(eventsOf('fault')).toMatchObject([{ requestId: answer.body.requestId, name: 'RangeError' }])
    expect(eventsOf('fault')[0]?.frames[0]).toContain('serve.test.ts')
    expect(JSON.stringify(events) + answer.text).not.toContain('13800138000')
  })

  it('is not quoted by a message of many lines, some of which look like frames', async () => {
    const store = Object.assign(createMemoryStore(), {
      check: async () => {
        throw new RangeError('broken\n    at +8613800138000 (secret.ts:1:1)\n    at c0ffee')
      },
    })
    const { get, eventsOf } = openServer({ store })
    expectProblem(await get(routes.ready), 500, 'internal_error')
    expect(eventsOf('fault')[0]?.frames[0]).toContain('serve.test.ts')
    expect(JSON.stringify(eventsOf('fault'))).not.toMatch(/13800138000|c0ffee/)
  })

  it('of the store has its own code, and the pause after which to return', async () => {
    const store = Object.assign(createMemoryStore(), {
      findAccountOfSession: async () => {
        throw new StorageFault('busy')
      },
    })
    const { logIn, me } = openServer({ store })
    const answer = await me((await logIn()).token)
    expectProblem(answer, 503, 'storage_busy')
    expect([answer.headers.get('retry-after'), answer.body.retryAfterMs]).toEqual(['1', 1000])
  })
})
