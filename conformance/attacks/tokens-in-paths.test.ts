import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { app, kwan, lin, minutes, oldLibrary, openStage, type Stage } from '../stage.ts'

// Nothing here is about time, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/*
 * Page paths end in share cards, in logs and with whoever runs a web-view; so do URLs of requests. No token, code or id
 * goes there ("MiniCPRF", CCS 2024; "Demystifying Cookie Sharing Risks", 2025).
 */

const root = fileURLToPath(new URL('../..', import.meta.url))

let stage: Stage | undefined
afterEach(() => stage?.close())

function sourcesIn(folder: string, form: RegExp): readonly (readonly [string, string])[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(path => form.test(path) && !/node_modules|dist|\.test\.|testing/.test(path))
    .map(path => [join(folder, path), readFileSync(join(root, folder, path), 'utf8')] as const)
}

test('the client has no call that goes to a page, another mini program or a web-view, and shares nothing', () => {
  const sources = sourcesIn('packages/client/src', /\.(ts|vue)$/)
  expect(sources.length).toBeGreaterThan(50)
  const moves =
    /navigateTo|redirectTo|reLaunch|switchTab|navigateBack|navigateToMiniProgram|openEmbeddedMiniProgram|web-view|webView|onShareAppMessage|onShareTimeline|getLaunchOptionsSync|getEnterOptionsSync|postMessage/
  expect(sources.flatMap(([path, text]) => (moves.test(text) ? [path] : []))).toEqual([])
})

test('the examples go to pages without anything in the query', () => {
  const sources = sourcesIn('examples', /\.(ts|tsx|js|vue|wxml)$/)
  const moves = sources.flatMap(([path, text]) =>
    [...text.matchAll(/(?:navigateTo|redirectTo|reLaunch|switchTab|<navigator)[^)>]*/g)].map(([move]) => [path, move]),
  )
  expect(moves.length).toBeGreaterThan(0)
  expect(moves.filter(([, move = '']) => /\?|token|openid|phone=|code=/i.test(move))).toEqual([])
})

test('no secret of a whole day is in a path, a query or a header but authorization; no page is left', async () => {
  const opened = await openStage({ policy: { openData: 'enforce' }, minKeyAgeMs: 0 })
  stage = opened
  const requests: { readonly url: string; readonly headers: string; readonly text: string }[] = []
  const moves: unknown[] = []
  async function network(request: Request) {
    const { authorization: _, ...headers } = Object.fromEntries(request.headers)
    requests.push({ url: request.url, headers: JSON.stringify(headers), text: await request.clone().text() })
    return opened.server.fetch(request)
  }
  const answers: string[] = []
  const told = async (request: Request) => {
    const answer = await network(request)
    answers.push(await answer.clone().text())
    return answer
  }
  const launch = { ...oldLibrary, network: told, navigate: (move: unknown) => void moves.push(move) }
  const visit = opened.open(lin, launch)
  await visit.tap()
  await visit.tap({ decision: 'deny' })
  opened.advance(minutes(20))
  await visit.tap({ decision: 'allow', phone: 1 })
  await visit.get('/v1/me/phones')
  await visit.get('/v1/me/sessions')
  await visit.auth.logout()
  await opened.open(kwan, { ...launch, device: {} }).tap()

  const values = [...answers, ...opened.upstream].flatMap(text =>
    [...text.matchAll(secretField)].map(match => match[1]),
  )
  const codes = requests.flatMap(({ text }) => [...text.matchAll(secretField)].map(match => match[1]))
  const openIds = [lin, kwan].map(({ id }) => opened.emulator.control.people.openId(id, app.appId))
  const numbers = [...lin.phones, ...kwan.phones].map(({ number }) => number)
  const secrets = new Set([...values, ...codes, ...openIds, ...numbers].filter(text => text !== undefined))
  expect(secrets.size).toBeGreaterThan(12)
  expect(requests.length).toBeGreaterThan(6)
  for (const { url, headers } of requests)
    for (const secret of secrets) {
      expect(decodeURIComponent(url)).not.toContain(secret)
      expect(headers).not.toContain(secret)
    }
  expect(moves).toEqual([])
})

const secretField =
  /"(?:accessToken|refreshToken|loginId|code|encryptedData|iv|session_key|access_token|number|nonce)":"([^"]{8,})"/g
