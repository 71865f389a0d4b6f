import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { app, kwan, lin, minutes, openStage, type Stage, worlds } from './stage.ts'

const other = { appId: 'wx00000000000000b2', secret: 'fedcba9876543210fedcba9876543210', name: 'Other Shop' }
const nonce = (letter: string) => letter.repeat(32)

let stage: Stage
afterEach(() => stage.close())

async function loginCode(appId = app.appId): Promise<string> {
  return (await stage.emulator.wx(lin.id, appId).wx.login()).code
}

/** A fresh session of a person, without the client. */
async function session(personId: string) {
  const { code } = await stage.emulator.wx(personId, app.appId).wx.login()
  const { body } = await stage.post('/v1/login', { appId: app.appId, code, nonce: nonce('s') })
  return (body as { tokens: { accessToken: string } }).tokens.accessToken
}

describe.each(worlds)('%s', (_, world) => {
  beforeEach(async () => {
    stage = await openStage({ ...world, apps: [app, other] })
  })

  test('the second use of a login code is refused, a retry of the first is not', async () => {
    const code = await loginCode()
    const first = await stage.post('/v1/login', { appId: app.appId, code, nonce: nonce('a') })
    const retry = await stage.post('/v1/login', { appId: app.appId, code, nonce: nonce('a') })
    const second = await stage.post('/v1/login', { appId: app.appId, code, nonce: nonce('b') })
    expect(first).toMatchObject({ status: 200, body: { created: true } })
    expect(retry.body).toMatchObject({ user: (first.body as { user: object }).user })
    expect(second).toMatchObject({ status: 409, body: { code: 'code_consumed', retry: 'login' } })
  })

  test('sixty-four racers with one code make one session', async () => {
    const code = await loginCode()
    const racers = Array.from({ length: 64 }, (_, at) =>
      stage.post('/v1/login', { appId: app.appId, code, nonce: `racer-${at}-${'x'.repeat(16)}` }),
    )
    const statuses = (await Promise.all(racers)).map(answer => answer.status).sort()
    expect(statuses).toEqual([200, ...Array.from({ length: 63 }, () => 409)])
  })

  test('a login code is refused after five minutes', async () => {
    const code = await loginCode()
    stage.advance(minutes(5) + 1_000)
    const answer = await stage.post('/v1/login', { appId: app.appId, code, nonce: nonce('a') })
    expect(answer).toMatchObject({ status: 401, body: { code: 'code_invalid' } })
  })

  test('a login code of another app is refused', async () => {
    const code = await loginCode(other.appId)
    const answer = await stage.post('/v1/login', { appId: app.appId, code, nonce: nonce('a') })
    expect(answer).toMatchObject({ status: 401, body: { code: 'code_invalid' } })
  })

  test('a phone code is no login code, and a login code is no phone code', async () => {
    const accessToken = await session(lin.id)
    const { code: phoneCode } = await stage.emulator.wx(lin.id, app.appId).tapPhoneButton()
    const asLogin = await stage.post('/v1/login', { appId: app.appId, code: phoneCode, nonce: nonce('a') })
    expect(asLogin).toMatchObject({ status: 401, body: { code: 'code_invalid' } })
    const asPhone = await stage.post('/v1/phone', { code: await loginCode(), nonce: nonce('c') }, accessToken)
    expect(asPhone).toMatchObject({ status: 400, body: { code: 'phone_code_invalid', retry: 'tap' } })
  })

  test('the second use of a phone code is refused, a retry of the first gets its answer without asking WeChat again', async () => {
    const accessToken = await session(lin.id)
    const { code } = await stage.emulator.wx(lin.id, app.appId).tapPhoneButton()
    const first = await stage.post('/v1/phone', { code, nonce: nonce('a') }, accessToken)
    const asked = calls('getuserphonenumber')
    const retry = await stage.post('/v1/phone', { code, nonce: nonce('a') }, accessToken)
    const second = await stage.post('/v1/phone', { code, nonce: nonce('b') }, accessToken)
    expect(first).toMatchObject({ status: 200, body: { change: 'bound' } })
    expect(retry).toEqual(first)
    expect(second).toMatchObject({ status: 409, body: { code: 'phone_code_consumed' } })
    expect(calls('getuserphonenumber')).toBe(asked)
  })

  test('the phone code of somebody else is refused', async () => {
    const accessToken = await session(kwan.id)
    const { code } = await stage.emulator.wx(lin.id, app.appId).tapPhoneButton()
    const answer = await stage.post('/v1/phone', { code, nonce: nonce('a') }, accessToken)
    expect(answer).toMatchObject({ status: 400, body: { code: 'phone_code_invalid' } })
  })
})

function calls(path: string): number {
  return stage.emulator.control.journal.entries().filter(entry => entry.what.includes(path)).length
}
