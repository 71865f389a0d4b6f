import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { app, lin, minutes, oldLibrary, openStage, type Stage } from '../stage.ts'
import { jsonOf, readApiDocument } from './api-document.ts'

// Nothing here is about time, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/*
 * Who has the session_key makes any phone number ("安全课堂: 关于小程序session_key泄露漏洞"). So no answer has a place for
 * it, no request has one, and without open data it is not kept at all.
 */

let stage: Stage
beforeEach(async () => {
  stage = await openStage({ ports: true, policy: { openData: 'enforce' }, minKeyAgeMs: 0 })
})
afterEach(() => stage.close())

/** Names under which programs hand on what WeChat told their server. */
const forbidden = /session_?key|app_?secret|open_?id|union_?id|errcode|errmsg|^rid$/i

test('no answer to a user has a field for it, nor any field that the document does not name', async () => {
  const { places, within } = await readApiDocument(stage)
  const forUsers = places.filter(({ path }) => path.startsWith('/v1/') && path !== '/v1/me/export')
  expect(forUsers.length).toBeGreaterThan(30)
  const leaks: string[] = []
  const opened: string[] = []
  for (const { method, path, responses } of forUsers)
    for (const [status, { content }] of Object.entries(responses))
      for (const schema of jsonOf(content).flatMap(one => [...within(one)])) {
        const names = Object.keys(schema.properties ?? {})
        leaks.push(...names.filter(name => forbidden.test(name)).map(name => `${method} ${path} ${status}: ${name}`))
        if (schema.properties && schema.additionalProperties !== false) opened.push(`${method} ${path} ${status}`)
      }
  expect(leaks).toEqual([])
  expect(opened).toEqual([])
})

test('no request has a field for it either, or for who the user is', async () => {
  const { places, within } = await readApiDocument(stage)
  const names = places
    .filter(({ path }) => path.startsWith('/v1/'))
    .flatMap(({ method, path, requestBody, parameters = [] }) => {
      const inBody = jsonOf(requestBody?.content).flatMap(one =>
        [...within(one)].flatMap(({ properties = {} }) => Object.keys(properties)),
      )
      return [...inBody, ...parameters.map(({ name }) => name)].map(name => [`${method} ${path}`, name] as const)
    })
  expect(names.length).toBeGreaterThan(40)
  expect(names.filter(([, name]) => forbidden.test(name) || /^(user_?id|uid|sub|sid)$/i.test(name))).toEqual([])
})

test('the answers of a day hold no session_key that WeChat gave', async () => {
  const visit = stage.open(lin, oldLibrary)
  await visit.tap()
  stage.advance(minutes(20))
  await visit.auth.login()
  await visit.tap({ decision: 'allow', phone: 1 })
  for (const path of ['/v1/me', '/v1/me/phones', '/v1/me/sessions', '/v1/me/export']) await visit.get(path)
  const keys = stage.upstream.flatMap(text => /"session_key":"([^"]+)"/.exec(text)?.[1] ?? [])
  expect(keys.length).toBeGreaterThan(1)
  expect(stage.answers.length).toBeGreaterThan(7)
  for (const key of keys) {
    const bytes = Buffer.from(key, 'base64')
    for (const spelling of [key, bytes.toString('base64url'), bytes.toString('hex'), encodeURIComponent(key)])
      expect(stage.answers.join('\n')).not.toContain(spelling)
  }
  expect(stage.answers.join('\n')).not.toContain(app.secret)
})
