import { inspect } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { app, kwan, lin, minutes, oldLibrary, openStage, type Stage } from './stage.ts'

let stage: Stage
afterEach(() => stage.close())

/** Everything a real day brings: both ways of the phone, refusals, wrong keys, lost tokens, logout. */
async function liveThroughADay(): Promise<Map<string, string>> {
  const storage = new Map<string, string>()
  const visit = stage.open(lin, { ...oldLibrary, storage })
  await visit.tap()
  await visit.tap({ decision: 'deny' })
  stage.advance(minutes(20))
  await visit.auth.login()
  stage.emulator.control.rotateKey(lin.id, app.appId)
  await visit.tap()
  await visit.tap({ decision: 'allow', phone: 1 })
  stage.emulator.control.expireTokens(app.appId)
  await stage.open(kwan, { storage }).tap()
  await stage.post('/v1/login', { appId: app.appId, code: 'never-issued', nonce: 'n'.repeat(16) })
  await stage.post('/v1/phone', { encryptedData: 'AAAA', iv: 'AAAA', loginId: 'x', nonce: 'n'.repeat(16) })
  await visit.get('/v1/me/phones')
  await visit.auth.logout()
  return storage
}

function found(pattern: RegExp): string[] {
  return stage.upstream.flatMap(text => [...text.matchAll(pattern)].map(match => match[1] ?? ''))
}

/** A secret as it stands, in Base64URL, percent-encoded and escaped in JSON. */
function spellings(secret: string): string[] {
  return [
    secret,
    secret.replaceAll('+', '-').replaceAll('/', '_'),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ]
}

test('no session_key, app secret or access_token of WeChat is in anything but the talk with WeChat', async () => {
  stage = await openStage({ policy: { openData: 'enforce' }, minKeyAgeMs: 0 })
  const storage = await liveThroughADay()

  const keys = found(/"session_key":"([^"]+)"/g)
  const tokens = found(/"access_token":"([^"]+)"/g)
  expect(keys.length).toBeGreaterThan(2)
  expect(tokens.length).toBeGreaterThan(0)

  const written = [
    ...stage.answers,
    inspect(stage.events, { depth: null }),
    inspect(stage.emulator.control.journal.entries(), { depth: null, maxArrayLength: null }),
    inspect(storage, { depth: null }),
  ].join('\n')
  expect(written).toContain('/v1/me/phones')
  for (const secret of [...keys, ...tokens, app.secret].flatMap(spellings)) expect(written).not.toContain(secret)
})

test('a phone number is only in answers to its owner, never in what the server tells about its work', async () => {
  stage = await openStage({ policy: { openData: 'enforce' } })
  await liveThroughADay()
  const told = inspect(stage.events, { depth: null })
  expect(told).toContain('138******00')
  for (const number of ['13800138000', '13900139000', '51234567']) expect(told).not.toContain(number)
})

test('without openData no session_key is kept at all', async () => {
  stage = await openStage()
  await stage.open(lin).tap()
  expect(stage.events.filter(event => event.type === 'login-recorded')).toMatchObject([{ keyKept: false }])
})
