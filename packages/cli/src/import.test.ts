import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { openWechat, runServe } from '../test/run-serve.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { demoApp } from './demo.ts'
import { runCommand } from './run-command.ts'

const { appId, secret } = demoApp
/** Starting a server takes its time on a busy machine. */
const slow = { timeout: 60_000 }
const head = 'ref,OpenID,union_id,phone,phone_source,phone_verified_at,nickname,created_at'

async function fileOf(text: string, name = 'users.csv'): Promise<string> {
  const file = join(await temporaryFolder(), name)
  await writeFile(file, text)
  return file
}

async function bring(file: string, { args = ['--app', appId], env = {} }: { args?: string[]; env?: object } = {}) {
  const { terminal, out, err } = createFakeTerminal({ ...env })
  const code = await runCommand(['import', file, ...args], terminal)
  return { code, out: out(), err: err() }
}

test('beside a server that runs, users come in with their old names, and log in as themselves', slow, async () => {
  const wechat = await openWechat()
  const env = { WEAPP_APPID: appId, WEAPP_SECRET: secret, WECHAT_BASE_URL: wechat.url }
  const served = await runServe(env)
  const url = await served.said(/http:\/\/127\.0\.0\.1:\d+/)
  const openId = wechat.emulator.control.people.openId('lin', appId)
  const lines = [
    `42,${openId},,13800138000,open-data,1577836800,"林, ""小""",2020-01-01T08:00:00+08:00`,
    '43,openid-of-somebody,,,,,,',
  ]
  const file = await fileOf(`\ufeff${[head, ...lines].join('\r\n')}\r\n`)
  const settings = { env: { ...env, WEAPP_DATA: served.data } }
  const first = await bring(file, settings)
  expect(first).toMatchObject({ code: 0, err: expect.stringContaining('2 users are new') })
  const told = first.out.split('\n').map(line => JSON.parse(line))
  expect(told).toMatchObject([
    { line: 2, ref: '42', status: 'created', phone: 'bound' },
    { line: 3, ref: '43', status: 'created', phone: null },
  ])
  expect(first.out + first.err).not.toContain('13800138000')

  const body = JSON.stringify({ appId, code: await wechat.codeOf('lin'), nonce: `nonce-${crypto.randomUUID()}` })
  const headers = { 'content-type': 'application/json' }
  const login = (await (await fetch(`${url}/v1/login`, { method: 'POST', headers, body })).json()) as object
  expect(login).toMatchObject({
    created: false,
    user: { id: told[0].userId, phone: { number: '+8613800138000' }, profile: { nickname: '林, "小"' } },
  })

  const again = await bring(file, settings)
  expect(again).toMatchObject({ code: 0, err: expect.stringContaining('2 were known') })
})

test('a JSON object in each line is read as well', async () => {
  const file = await fileOf(
    '{"openid":"o1","ref":42,"created_at":1577836800}\n\n{"openId":"o2","phone":null}\n',
    'u.jsonl',
  )
  expect(await bring(file, { args: ['--app', appId, '--check'] })).toEqual({
    code: 0,
    out: '2 行都正确，没有写入。\n2 lines are correct; nothing was stored.',
    err: '',
  })
})

test.each([
  ['openid,mobile\no1,13800138000', 'users.csv', 'Line 1 names a column that is not known; there are ref, openid,'],
  ['phone\n13800138000', 'users.csv', 'Line 1 there is no column openid'],
  ['openid,open_id\no1,o2', 'users.csv', 'Line 1 the column openid is there twice'],
  ['openid,phone\no1,13800138000,3', 'users.csv', 'Line 2 is not correct CSV (CSV_RECORD_INCONSISTENT_COLUMNS)'],
  ['openid\n"o1', 'users.csv', 'is not correct CSV (CSV_QUOTE_NOT_CLOSED)'],
  ['openid,phone\no1,\no2,13800138000', 'users.csv', 'Line 3: phone_verified_at must be when the number was proved'],
  ['openid,created_at\no1,2020-01-01 00:00:00', 'users.csv', 'Line 2: created_at must be a time that has passed'],
  ['{"openid":"o1"}\n[1]', 'u.jsonl', 'Line 2 is no JSON object'],
  ['{"openid":"o1","phone":{}}', 'u.jsonl', 'Line 1 phone must be a string or a number'],
  ['{"openid":"o1"', 'u.jsonl', 'Line 1 is no JSON'],
])('a mistake is told with its line, and nothing is stored: %j', async (text, name, sentence) => {
  const { code, err } = await bring(await fileOf(text, name))
  expect(code).toBe(65)
  expect(err).toContain(sentence)
  expect(err).not.toContain('13800138000')
})

test('a file that is not there, a wrong use, and an app that the server does not have', slow, async () => {
  expect(await bring(join(tmpdir(), 'nobody-has-this.csv'))).toMatchObject({
    code: 69,
    err: expect.stringContaining('ENOENT'),
  })
  expect((await bring('users.csv', { args: [] })).code).toBe(64)
  const file = await fileOf('openid\no1')
  const wechat = await openWechat()
  const served = await runServe({ WEAPP_APPID: appId, WEAPP_SECRET: secret, WECHAT_BASE_URL: wechat.url })
  await served.said(/http:\/\/127\.0\.0\.1:\d+/)
  const other = await bring(file, { args: ['--app', 'wx1111111111111111'], env: { WEAPP_DATA: served.data } })
  expect(other).toMatchObject({ code: 78, err: expect.stringContaining('wx1111111111111111') })
})
