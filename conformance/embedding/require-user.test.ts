import 'reflect-metadata'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Controller, Get, Module, Req, UnauthorizedException, UseGuards } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { generateKeyring } from '@weapp-auth/server'
import { createTokenVerifier, requireUser, type TokenVerifier, userOf } from '@weapp-auth/server/verify'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openWorld, orders } from './open-world.ts'
import { tokensOf } from './tokens.ts'

interface Backend {
  readonly port: number
  close(): Promise<unknown>
}

async function listening(server: Server): Promise<Backend> {
  if (!server.listening) await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, close: () => new Promise(resolve => server.close(resolve)) }
}

function moduleOf(verifier: TokenVerifier) {
  @Controller('orders')
  @UseGuards(requireUser.nest(verifier, UnauthorizedException))
  class Orders {
    @Get()
    list(@Req() request: object) {
      return { of: userOf(request).userId }
    }
  }
  @Module({ controllers: [Orders] })
  class AppModule {}
  return AppModule
}

/** One backend for each framework, as short as its users would write it. */
const backends: Readonly<Record<string, (verifier: TokenVerifier) => Promise<Backend>>> = {
  async Express(verifier) {
    const app = express()
    app.get('/orders', requireUser.express(verifier), (request, response) => {
      response.json({ of: userOf(request).userId })
    })
    app.use(
      (error: { status: number }, _: express.Request, response: express.Response, _next: express.NextFunction) => {
        response.sendStatus(error.status)
      },
    )
    return listening(app.listen(0, '127.0.0.1'))
  },
  async Fastify(verifier) {
    const app = Fastify()
    app.get('/orders', { onRequest: requireUser.fastify(verifier) }, async request => ({ of: userOf(request).userId }))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: (app.server.address() as AddressInfo).port, close: () => app.close() }
  },
  async Koa(verifier) {
    const app = new Koa()
    app.silent = true
    app.use(requireUser.koa(verifier)).use(context => {
      context.body = { of: userOf(context).userId }
    })
    return listening(app.listen(0, '127.0.0.1'))
  },
  async Hono(verifier) {
    const app = new Hono()
    app.get('/orders', requireUser.hono(verifier), context => context.json({ of: userOf(context).userId }))
    app.onError((error, context) => context.body(null, 'status' in error && error.status === 503 ? 503 : 500))
    return listening(serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server)
  },
  async 'Nest on Express'(verifier) {
    const app = await NestFactory.create(moduleOf(verifier), { logger: false })
    await app.listen(0, '127.0.0.1')
    return { port: app.getHttpServer().address().port, close: () => app.close() }
  },
  async 'Nest on Fastify'(verifier) {
    const app = await NestFactory.create(moduleOf(verifier), new FastifyAdapter(), { logger: false })
    await app.listen(0, '127.0.0.1')
    return { port: app.getHttpServer().address().port, close: () => app.close() }
  },
}

const keys = generateKeyring()
let world: Awaited<ReturnType<typeof openWorld>>
let backend: Backend | undefined
beforeEach(async () => {
  world = await openWorld({ keys })
})
afterEach(async () => {
  await backend?.close()
  backend = undefined
  await world.close()
})

async function open(name: string, options: Partial<Parameters<typeof createTokenVerifier>[0]> = {}) {
  const { [name]: make } = backends
  backend = await make?.(createTokenVerifier({ issuer: world.issuer, ...options }))
}

async function ask(token?: string) {
  const headers = { connection: 'close', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
  const answer = await fetch(`http://127.0.0.1:${backend?.port}/orders`, { headers })
  const type = answer.headers.get('content-type')
  const body: unknown = type?.includes('json') ? await answer.json() : await answer.text()
  return { status: answer.status, challenge: answer.headers.get('www-authenticate'), body }
}

describe.each(Object.keys(backends))('%s', name => {
  test('lets the user through, and nobody else', async () => {
    await open(name)
    const { right, wrong } = tokensOf(keys, world.issuer, 'user-1')
    expect(await ask(world.token)).toEqual({ status: 200, challenge: null, body: { of: world.userId } })
    expect(await ask(right)).toMatchObject({ body: { of: 'user-1' } })
    expect(await ask()).toMatchObject({ status: 401, challenge: 'Bearer', body: { code: 'token_missing' } })
    const told: Record<string, string | null> = {}
    for (const [what, token] of Object.entries(wrong)) {
      const answer = await ask(token)
      expect(answer, what).toMatchObject({ status: 401, body: { code: 'token_invalid', retry: 'login' } })
      told[what] = /error="invalid_token", error_description="(.*)"/.exec(answer.challenge ?? '')?.[1] ?? null
    }
    expect(told).toEqual({
      expired: 'expired',
      'of another issuer': 'issuer',
      'for somebody else': 'audience',
      'of another type': 'type',
      'signed by a stranger': 'signature',
      'with a path as kid': 'key-unknown',
      'with alg none': 'algorithm',
      'signed with the public key as a secret': 'algorithm',
      nonsense: 'malformed',
    })
  })

  test('refuses at once after logging out, when it introspects', async () => {
    await open(name, { introspect: { ...orders, cacheMs: 0 } })
    expect(await ask(world.token)).toMatchObject({ status: 200 })
    await world.logOut()
    expect(await ask(world.token)).toMatchObject({ status: 401, body: { detail: 'revoked' } })
  })

  test('knows a new key of the server at once', async () => {
    const newKeys = generateKeyring()
    const next = await openWorld({ keys: newKeys })
    let source = world.issuer
    let now = Date.now()
    const reroute = (request: Request) => fetch(request.url.replace(world.issuer, source))
    await open(name, { fetch: reroute, clock: { now: () => now } })
    expect(await ask(world.token)).toMatchObject({ status: 200 })
    source = next.issuer
    now += 30_000
    expect(await ask(tokensOf(newKeys, world.issuer, 'user-2').right)).toMatchObject({ body: { of: 'user-2' } })
    await next.close()
  })

  test('answers 503 while the keys cannot be read, and says nothing about the token', async () => {
    await open(name, { jwks: `${world.issuer}/nothing` })
    const { status, challenge, body } = await ask(world.token)
    expect([status, challenge]).toEqual([503, null])
    expect(JSON.stringify(body)).not.toContain('token_invalid')
  })
})

test('a handler without requireUser before it does not run as nobody', () => {
  expect(() => userOf({})).toThrow('requireUser must run before userOf')
})
