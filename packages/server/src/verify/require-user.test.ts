import { describe, expect, it } from 'vitest'
import { createAuthenticate } from './authenticate.ts'
import { requireUser, userOf } from './require-user.ts'
import type { TokenUser, TokenVerifier, Verified } from './token-verifier.ts'

const user: TokenUser = { userId: 'user-1', appId: 'wx1', sessionId: 'session-1', expiresAt: 1_800_000_000_000 }
const good = { authorization: 'Bearer good' }
const challenge = 'Bearer error="invalid_token", error_description="expired"'

const verify = async (token: string): Promise<Verified> => {
  if (token === 'outage') throw new RangeError('no keys')
  return token === 'good' ? { status: 'valid', ...user } : { status: 'invalid', reason: 'expired' }
}
const verifier: TokenVerifier = { verify, authenticate: createAuthenticate(verify) }

const refused = {
  type: 'urn:weapp-auth:problem:token_invalid',
  status: 401,
  code: 'token_invalid',
  detail: 'expired',
  retry: 'login',
}
const bad = { authorization: 'Bearer bad' }
const outage = { authorization: 'Bearer outage' }

it('a handler that forgot requireUser never runs as nobody', () => {
  expect(() => userOf({})).toThrow(new TypeError('requireUser must run before userOf'))
})

describe('Express', () => {
  const run = async (headers: typeof good) => {
    const request = { headers }
    const sent: unknown[] = []
    const nexts: unknown[][] = []
    const response = {
      writeHead: (status: number, fields: Record<string, string>) => ({
        end: (body: string) => sent.push(status, fields, JSON.parse(body)),
      }),
    }
    await requireUser.express(verifier)(request, response, (...args) => nexts.push(args))
    return { request, sent, nexts }
  }

  it('goes on as the user', async () => {
    const { request, sent, nexts } = await run(good)
    expect([userOf(request), sent, nexts]).toEqual([user, [], [[]]])
  })

  it('answers a bad token itself and does not go on', async () => {
    const { request, sent, nexts } = await run(bad)
    expect(sent).toMatchObject([401, { 'www-authenticate': challenge }, refused])
    expect(nexts).toEqual([])
    expect(() => userOf(request)).toThrow(TypeError)
  })

  it('hands an outage to the error handler, once', async () => {
    const { sent, nexts } = await run(outage)
    expect([sent, nexts]).toEqual([[], [[new RangeError('no keys')]]])
  })
})

describe('Koa', () => {
  const run = async (headers: typeof good) => {
    const fields: Record<string, string> = {}
    const context = {
      headers,
      status: 404,
      body: undefined as unknown,
      set: (more: Record<string, string>) => void Object.assign(fields, more),
    }
    let nexts = 0
    const done = requireUser.koa(verifier)(context, async () => {
      nexts += 1
    })
    return { context, fields, done, nexts: () => nexts }
  }

  it('goes on as the user, and waits for what comes after', async () => {
    const { context, done, nexts } = await run(good)
    await done
    expect([userOf(context), nexts(), context.status]).toEqual([user, 1, 404])
  })

  it('answers a bad token itself and does not go on', async () => {
    const { context, fields, done, nexts } = await run(bad)
    await done
    expect(context).toMatchObject({ status: 401, body: refused })
    expect(fields).toMatchObject({ 'www-authenticate': challenge })
    expect(nexts()).toBe(0)
    expect(() => userOf(context)).toThrow(TypeError)
  })

  it('fails with what the verifier threw', async () => {
    await expect((await run(outage)).done).rejects.toThrow('no keys')
  })
})

describe('Fastify', () => {
  const run = async (headers: typeof good) => {
    const request = { headers }
    const sent: unknown[] = []
    const reply = {
      code: (status: number) => void sent.push(status),
      headers: (fields: Record<string, string>) => void sent.push(fields),
      send: (body: unknown) => void sent.push(JSON.parse(String(body))),
    }
    return { request, sent, reply, answer: await requireUser.fastify(verifier)(request, reply) }
  }

  it('goes on as the user', async () => {
    const { request, sent, answer } = await run(good)
    expect([userOf(request), sent, answer]).toEqual([user, [], undefined])
  })

  it('answers a bad token itself, and says so by giving the reply back', async () => {
    const { request, sent, reply, answer } = await run(bad)
    expect(sent).toMatchObject([401, { 'www-authenticate': challenge }, refused])
    expect(answer).toBe(reply)
    expect(() => userOf(request)).toThrow(TypeError)
  })
})

describe('Hono', () => {
  const run = async (headers: typeof good) => {
    const context = { req: { raw: new Request('https://orders.example.com/', { headers }) } }
    let nexts = 0
    const answer = await requireUser.hono(verifier)(context, async () => {
      nexts += 1
    })
    return { context, answer, nexts }
  }

  it('goes on as the user', async () => {
    const { context, answer, nexts } = await run(good)
    expect([userOf(context), answer, nexts]).toEqual([user, undefined, 1])
  })

  it('answers a bad token itself and does not go on', async () => {
    const { context, answer, nexts } = await run(bad)
    expect(answer?.status).toBe(401)
    expect(answer?.headers.get('www-authenticate')).toBe(challenge)
    expect(await answer?.json()).toMatchObject(refused)
    expect(nexts).toBe(0)
    expect(() => userOf(context)).toThrow(TypeError)
  })
})

describe('Nest', () => {
  class Unauthorized extends Error {
    readonly body: object
    constructor(body: object) {
      super('unauthorized')
      this.body = body
    }
  }
  const run = (headers: typeof good) => {
    const request = { headers }
    const sent: string[][] = []
    const response = { header: (name: string, value: string) => sent.push([name, value]) }
    const http = { getRequest: () => request, getResponse: () => response }
    const outcome = requireUser.nest(verifier, Unauthorized).canActivate({ switchToHttp: () => http })
    return { request, sent, outcome }
  }

  it('lets the user in', async () => {
    const { request, sent, outcome } = run(good)
    expect([await outcome, userOf(request), sent]).toEqual([true, user, []])
  })

  it('throws the exception of the application for a bad token, with the challenge set', async () => {
    const { request, sent, outcome } = run(bad)
    const error = await outcome.catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(Unauthorized)
    expect(error).toMatchObject({ body: refused })
    expect(sent).toEqual([['www-authenticate', challenge]])
    expect(() => userOf(request)).toThrow(TypeError)
  })
})
