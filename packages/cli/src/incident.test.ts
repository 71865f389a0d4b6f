import { expect, test } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { openWechat, runServe } from '../test/run-serve.ts'
import { demoApp } from './demo.ts'
import { runCommand } from './run-command.ts'

const { appId, secret } = demoApp
/** Starting a server takes its time on a busy machine. */
const slow = { timeout: 60_000 }
const times = ['--from', '2020-01-01T00:00:00Z', '--to', '2100-01-01T00:00:00Z']

async function incident(data: string, args: readonly string[], input = '') {
  const { terminal, out, err } = createFakeTerminal({ WEAPP_DATA: data }, input)
  const code = await runCommand(['incident', ...args], terminal)
  return { code, err: err(), lines: out().split('\n').filter(Boolean), out: out() }
}

/** A server on which lin shared her number, and whose process goes on. */
async function serving() {
  const wechat = await openWechat()
  const served = await runServe({ WEAPP_APPID: appId, WEAPP_SECRET: secret, WECHAT_BASE_URL: wechat.url })
  const url = await served.said(/http:\/\/127\.0\.0\.1:\d+/)
  const ask = async (path: string, body: object, token = '') => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await answer.json()) as { tokens: { accessToken: string }; user: { id: string }; phone: { number: string } }
  }
  const nonce = () => `nonce-${crypto.randomUUID()}`
  const login = await ask('/v1/login', { appId, code: await wechat.codeOf('lin'), nonce: nonce() })
  const { code } = await wechat.emulator.wx('lin', appId).tapPhoneButton()
  const { phone } = await ask('/v1/phone', { code, nonce: nonce() }, login.tokens.accessToken)
  return { data: served.data, user: login.user.id, number: phone.number }
}

test(
  'beside a server that runs it tells who was affected, a JSON line each and their count, masked',
  slow,
  async () => {
    const { data, user, number } = await serving()
    const all = await incident(data, ['--app', appId, ...times])
    expect(all).toMatchObject({ code: 0, err: '' })
    expect(all.lines.map(line => JSON.parse(line))).toMatchObject([
      { user, phone: { masked: expect.stringMatching(/^\d{3}\*{6}\d\d$/) }, sessions: [{ count: 1 }] },
      { appId, affected: 1, withPhone: 1, withSession: 1, erasedSince: 0 },
    ])
    expect(all.out).not.toContain(number.replace('+86', ''))
    const byPhone = await incident(data, ['--app', appId, ...times, '--phone'], `${number}\n`)
    expect(byPhone.lines).toHaveLength(2)
    const nobody = await incident(data, ['--app', appId, ...times, '--device', 'ios'])
    expect(nobody.lines.map(line => JSON.parse(line))).toMatchObject([{ affected: 0 }])
  },
)

test.each([
  [[...times], '--app'],
  [['--app', appId, '--to', '2026-11-01T00:00:00Z'], '--from'],
  [['--app', appId, '--from', '2026-11-01', '--to', '2026-11-02T00:00:00Z'], '--from'],
  [['--app', appId, '--from', '2026-11-03T00:00:00Z', '--to', '2026-11-02T00:00:00Z'], '--from'],
  [['--app', appId, ...times, '--device', 'fridge'], '--device'],
  [['--app', appId, ...times, '--phone'], '--phone'],
])('a wrong use is named: %j', slow, async (args, flag) => {
  const { data } = await serving()
  const { code, err } = await incident(data, args, '12345')
  expect(code).toBe(64)
  expect(err).toContain(flag)
  expect(err).not.toContain('12345')
})
