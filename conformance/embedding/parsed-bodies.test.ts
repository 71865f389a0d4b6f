import 'reflect-metadata'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { createServer, generateKeyring, type Server } from '@weapp-auth/server'
import { createMemoryStore } from '@weapp-auth/server/memory'
import { toNodeHandler } from '@weapp-auth/server/node'
import { createWechat } from '@weapp-auth/wechat'
import express from 'express'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openWechat, post, app as tea } from './open-world.ts'

let wechat: Awaited<ReturnType<typeof openWechat>>
let server: Server
const closing: (() => Promise<unknown>)[] = []
beforeEach(async () => {
  wechat = await openWechat()
  const client = createWechat({ apps: [tea], baseUrl: wechat.origin })
  const issuer = 'https://www.example.com/auth'
  server = createServer({ apps: [tea], store: createMemoryStore(), wechat: client, keys: generateKeyring(), issuer })
  closing.push(() => client.close(), wechat.close)
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function serve(app: express.Express): Promise<string> {
  const http = app.listen(0, '127.0.0.1')
  await once(http, 'listening')
  closing.push(() => new Promise(resolve => http.close(resolve)))
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}

test('a body that express.json() ate is told to the developer at the first request', async () => {
  const origin = await serve(express().use(express.json()).use('/auth', toNodeHandler(server)))
  const answer = await post(`${origin}/auth/v1/login`, await wechat.loginBody())
  expect(answer.status).toBe(500)
  expect(await answer.json()).toMatchObject({
    code: 'internal_error',
    detail: expect.stringContaining('mount toNodeHandler before it'),
  })
  expect((await fetch(`${origin}/auth/healthz`)).status).toBe(200)
})

test('a body that the parser kept as rawBody is read from there', async () => {
  const keep = (request: IncomingMessage, _: unknown, rawBody: Buffer) => void Object.assign(request, { rawBody })
  const origin = await serve(
    express()
      .use(express.json({ verify: keep }))
      .use('/auth', toNodeHandler(server)),
  )
  expect((await post(`${origin}/auth/v1/login`, await wechat.loginBody())).status).toBe(200)
})

test('Nest on Fastify mounts it by the same line', async () => {
  @Module({})
  class AppModule {}
  const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false })
  app.use('/auth', toNodeHandler(server))
  await app.listen(0, '127.0.0.1')
  closing.push(() => app.close())
  const origin = `http://127.0.0.1:${app.getHttpServer().address().port}`
  expect((await post(`${origin}/auth/v1/login`, await wechat.loginBody())).status).toBe(200)
  expect((await fetch(`${origin}/auth/.well-known/jwks.json`)).status).toBe(200)
})

test('a prefix is a whole part of the path', async () => {
  const origin = await serve(express().use(toNodeHandler(server, { prefix: '/auth' })))
  expect((await fetch(`${origin}/auth/healthz`)).status).toBe(200)
  expect((await fetch(`${origin}/authhealthz`)).status).toBe(404)
  expect((await fetch(`${origin}/auth?x`)).status).toBe(404)
  expect(() => toNodeHandler(server, { prefix: 'auth/' })).toThrow('"prefix" must be')
})

test("Node's own Request stays in the process", () => {
  const before = globalThis.Request
  toNodeHandler(server)
  expect(globalThis.Request).toBe(before)
})
