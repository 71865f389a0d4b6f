import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { toResponse } from './http-message.ts'
import { json, nothing, query } from './read-request.ts'
import { FileReply, open, type Route } from './route.ts'
import { createAnswer } from './serve.ts'

const told: unknown[] = []

function serving(...routes: readonly Route[]) {
  const answer = createAnswer({
    routes,
    late: () => null,
    clock: { now: () => 0 },
    newId: () => 'a-request-id',
    tell: event => told.push(event),
    gate: () => null,
    limits: { perIp: async () => {} },
    door: { enter: () => 0, leave() {}, answer: () => ({ status: 503, headers: {}, body: null }) },
    trustProxy: 0,
  })
  return async (method: string, path: string, body?: string) => {
    const request = new Request(`https://auth.example.com${path}`, {
      method,
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    })
    return toResponse(await answer(request), method)
  }
}

const echo = async ({ params }: { readonly params: object }) => ({ params })

describe('a path with places', () => {
  it('hands over what stands in them, decoded', async () => {
    const send = serving(open('GET', '/v1/things/{id}/parts/{part}', nothing, echo))
    const answer = await send('GET', '/v1/things/a%20b/parts/%E5%BE%AE')
    expect(await answer.json()).toEqual({ params: { id: 'a b', part: '微' } })
    expect(told.at(-1)).toMatchObject({ route: '/v1/things/{id}/parts/{part}', status: 200 })
  })

  it('takes exactly one segment for each', async () => {
    const send = serving(open('GET', '/v1/things/{id}', nothing, echo))
    for (const path of ['/v1/things', '/v1/things/', '/v1/things/a/b']) {
      expect((await send('GET', path)).status).toBe(404)
    }
    expect(await (await send('GET', '/v1/things/%')).json()).toEqual({ params: { id: '%' } })
    expect(await (await send('GET', '/v1/things/a%2Fb')).json()).toEqual({ params: { id: 'a/b' } })
  })

  it('leaves a path of its own to the row that names it whole', async () => {
    const send = serving(
      open('GET', '/v1/me/phones', nothing, async () => ({ phones: true })),
      open('GET', '/v1/me/{id}', nothing, echo),
    )
    expect(await (await send('GET', '/v1/me/phones')).json()).toEqual({ phones: true })
  })

  it('says which methods it takes', async () => {
    const send = serving(
      open('PUT', '/v1/things/{id}', json(z.strictObject({ a: z.number() })), echo),
      open('DELETE', '/v1/things/{id}', nothing, async () => undefined),
    )
    const refused = await send('POST', '/v1/things/1')
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'PUT, DELETE'])
    expect((await send('DELETE', '/v1/things/1')).status).toBe(204)
    expect((await send('PUT', '/v1/things/1', '{"a":1}')).status).toBe(200)
  })
})

describe('a query', () => {
  const send = serving(open('DELETE', '/v1/me', query(z.strictObject({ nonce: z.string() })), async ({ body }) => body))

  it('is checked as a body is', async () => {
    expect(await (await send('DELETE', '/v1/me?nonce=n')).json()).toEqual({ nonce: 'n' })
    expect(await (await send('DELETE', '/v1/me?nonce=n&userId=1')).json()).toMatchObject({ field: 'userId' })
    expect(await (await send('DELETE', '/v1/me')).json()).toMatchObject({ code: 'request_invalid', field: 'nonce' })
  })
})

describe('bytes as an answer', () => {
  const bytes = Uint8Array.from([1, 2, 3])
  const headers = { 'content-type': 'image/png', 'cache-control': 'public' }
  const send = serving(open('GET', '/file', nothing, async () => new FileReply(bytes, headers)))

  it('go out as they are, with their own headers beside those of every answer', async () => {
    const answer = await send('GET', '/file')
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes)
    expect(Object.fromEntries(answer.headers)).toEqual({
      ...headers,
      'x-content-type-options': 'nosniff',
      'x-request-id': 'a-request-id',
    })
    expect((await (await send('HEAD', '/file')).arrayBuffer()).byteLength).toBe(0)
  })
})
