import { readdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { demoApp, demoPeople } from './demo.ts'
import type { DevJournalLine } from './dev-journal.ts'
import { readConfig } from './read-config.ts'
import { runCommand } from './run-command.ts'
import { type Dev, startDev } from './start-dev.ts'

const { appId } = demoApp

async function start(env: Readonly<Record<string, string>> = {}) {
  const data = env.WEAPP_DATA ?? (await temporaryFolder())
  const phone = await temporaryFolder()
  await writeFile(join(phone, 'index.html'), '<p>phone')
  const log: string[] = []
  const out: string[] = []
  const config = readConfig({ PORT: '0', EMULATOR_PORT: '0', ...env, WEAPP_DATA: data })
  const dev = await startDev(config, { phone, err: line => log.push(line), out: line => out.push(line) })
  onTestFinished(() => dev.close())
  return { dev, data, log, out }
}

/** What tests read of the answers; each answer has some of it. */
type Answer = Readonly<Record<'smsId' | 'code' | 'encryptedData' | 'iv' | 'loginId', string>> & {
  readonly status: number
  readonly openedAt: number
  readonly user: { readonly id: string }
  readonly tokens: { readonly accessToken: string; readonly refreshToken: string }
}

async function post(url: string, body: unknown, token = ''): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return { ...((await response.json()) as Answer), status: response.status }
}

async function logIn({ url }: Dev, personId: string) {
  const { code } = await post(`${url}/_emulator/wx/login`, { appId, personId })
  return post(`${url}/v1/login`, { appId, code, nonce: `nonce-for-${code}` })
}

async function tap({ url }: Dev, personId: string, decision: object) {
  const { openedAt } = await post(`${url}/_emulator/wx/phone-sheet/open`, { appId, personId })
  return post(`${url}/_emulator/wx/phone-sheet/close`, { appId, personId, decision, openedAt })
}

test('a person logs in, taps, agrees, and the server holds the verified phone', async () => {
  const { dev } = await start()
  const { tokens } = await logIn(dev, 'chen')
  const { code } = await tap(dev, 'chen', { decision: 'allow', phone: 1 })
  const bound = await post(`${dev.url}/v1/phone`, { code, nonce: 'nonce-0123456789abcdef' }, tokens.accessToken)
  expect(bound).toMatchObject({ status: 200, change: 'bound', phone: { number: '+8612000000003' } })
})

test('an operator is let in by OPERATOR_TOKEN, and sees who logged in', async () => {
  const token = 'of-an-operator-0123456789-abcdefghij'
  const { dev } = await start({ OPERATOR_TOKEN: token })
  const { user } = await logIn(dev, 'chen')
  const users = await fetch(`${dev.url}/admin/v1/users`, { headers: { authorization: `Bearer ${token}` } })
  expect(await users.json()).toMatchObject({ users: [{ id: user.id }] })
  expect((await fetch(`${dev.url}/admin/v1/users`)).status).toBe(401)
})

test('what a person takes back at WeChat is pushed to the server', async () => {
  const { dev } = await start()
  await logIn(dev, 'chen')
  const { push } = dev.emulator.control
  expect(await push.verifyUrl(appId)).toMatchObject({ accepted: true })
  const event = { event: 'user_authorization_revoke', personId: 'chen', revokeInfo: '8' } as const
  expect(await push.send(appId, event)).toMatchObject({ accepted: true })
})

test('a person who declines types a number, and the code is on the terminal and in the journal, nowhere else', async () => {
  const { dev, out, log } = await start({ LOG_LEVEL: 'debug' })
  const { tokens } = await logIn(dev, 'chen')
  const number = '+8612000000003'
  const asked = await post(`${dev.url}/v1/sms`, { number, nonce: 'nonce-0123456789abcdef' }, tokens.accessToken)
  expect(asked.status).toBe(200)
  const code = /^短信 \/ SMS 120\*{6}03: (\d{6})$/.exec(out.at(-1) ?? '')?.[1] ?? ''
  const verify = { smsId: asked.smsId, code, nonce: 'nonce-0123456789abcdef' }
  const bound = await post(`${dev.url}/v1/sms/verify`, verify, tokens.accessToken)
  expect(bound).toMatchObject({ status: 200, change: 'bound', phone: { number, source: 'sms' } })
  const isPrinted = (line: DevJournalLine) => line.source === 'server' && line.event.type === 'sms-printed'
  const lines = await readJournal(`${dev.url}/dev/journal`, isPrinted)
  expect(lines.find(isPrinted)).toMatchObject({ event: { type: 'sms-printed', masked: '120******03', code } })
  expect(log.join('\n')).not.toContain(code)
})

test('the encryptedData way works too, checked by the emulated WeChat', async () => {
  const { dev } = await start()
  const { tokens, loginId } = await logIn(dev, 'ada')
  const { encryptedData, iv } = await tap(dev, 'ada', { decision: 'allow' })
  const proof = { encryptedData, iv, loginId, nonce: 'nonce-0123456789abcdef' }
  const bound = await post(`${dev.url}/v1/phone`, proof, tokens.accessToken)
  expect(bound).toMatchObject({ status: 200, phone: { number: '+447700900123', source: 'open-data' } })
})

test('pages of the source documents find their doors', async () => {
  const { dev } = await start()
  const { code } = await post(`${dev.url}/_emulator/wx/login`, { appId, personId: 'lin' })
  const { encryptedData, iv } = await tap(dev, 'lin', { decision: 'allow' })
  const bound = await post(`${dev.url}/user`, { code, encryptedData, iv })
  expect(bound).toMatchObject({ status: 200, code: 0, data: { phone: '12000000001' } })
})

test('server and emulator have one time', async () => {
  const { dev } = await start()
  const { tokens } = await logIn(dev, 'lin')
  await post(`${dev.url}/_emulator/clock`, { advanceMs: 601_000 })
  const me = await fetch(`${dev.url}/v1/me`, { headers: { authorization: `Bearer ${tokens.accessToken}` } })
  expect(me.status).toBe(401)
  expect((await logIn(dev, 'lin')).status).toBe(200)
})

test('everybody of the demo can log in', async () => {
  const { dev } = await start()
  const users = await Promise.all(demoPeople.map(({ id }) => logIn(dev, id)))
  expect(new Set(users.map(({ user }) => user.id)).size).toBe(3)
})

test('the emulator alone answers on its own port as WeChat would', async () => {
  const { dev } = await start()
  const query = new URLSearchParams({
    appid: appId,
    secret: demoApp.secret,
    js_code: 'x',
    grant_type: 'authorization_code',
  })
  const answer = await fetch(`${dev.emulatorUrl}/sns/jscode2session?${query}`)
  expect(await answer.json()).toMatchObject({ errcode: 40029 })
})

test('the phone is served, and the address leads to it', async () => {
  const { dev } = await start()
  expect(await (await fetch(dev.url)).text()).toBe('<p>phone')
})

test('the journal tells what WeChat and the server did, in order', async () => {
  const { dev } = await start()
  await logIn(dev, 'lin')
  const lines = await readJournal(
    `${dev.url}/dev/journal`,
    line => line.source === 'server' && line.event.type === 'request',
  )
  expect(lines.map(line => (line.source === 'wechat' ? line.entry.what : line.event.type))).toEqual([
    'wx.login',
    'GET /sns/jscode2session',
    'user-created',
    'login-recorded',
    'request',
  ])
})

test.each(['/dev/journal', '/_emulator/journal/stream'])(
  'readers of %s who went, or are there at the end, disturb nobody',
  async path => {
    const { dev } = await start()
    const urls = [dev.url, ...(path.startsWith('/_emulator') ? [dev.emulatorUrl] : [])]
    for (const url of urls) {
      const gone = new AbortController()
      const { body } = await fetch(url + path, { signal: gone.signal })
      await body?.getReader().read()
      gone.abort()
      expect((await logIn(dev, 'lin')).status).toBe(200)
      const { body: open } = await fetch(url + path)
      const reader = open?.getReader()
      await reader?.read()
      onTestFinished(() => void reader?.cancel().catch(() => undefined))
    }
    await dev.close()
    await expect(fetch(dev.url)).rejects.toThrow()
  },
)

test('keys are for their owner only, and the account is there after a restart', async () => {
  const { dev, data } = await start()
  const before = await logIn(dev, 'lin')
  await dev.close()
  expect(await readdir(data)).toEqual(expect.arrayContaining(['keys.json', 'weapp-auth.sqlite']))
  if (process.platform !== 'win32') expect((await stat(join(data, 'keys.json'))).mode & 0o777).toBe(0o600)
  const again = await start({ WEAPP_DATA: data })
  expect((await logIn(again.dev, 'lin')).user.id).toBe(before.user.id)
})

test('other keys than the data was sealed with are refused, and everything is stopped again', async () => {
  const { dev, data } = await start()
  await logIn(dev, 'lin')
  await dev.close()
  const other = join(await temporaryFolder(), 'other-keys.json')
  await expect(start({ WEAPP_DATA: data, KEYS: other })).rejects.toMatchObject({
    code: 78,
    sentence: { zh: expect.stringContaining('根密钥'), en: expect.stringContaining('root key 1') },
  })
  await start({ WEAPP_DATA: data })
})

test('a busy port stops the start before anything is made', async () => {
  const busy = createServer()
  await new Promise<void>(done => busy.listen(0, '127.0.0.1', done))
  onTestFinished(() => void busy.close())
  const port = String((busy.address() as AddressInfo).port)
  const data = join(await temporaryFolder(), 'data')
  await expect(start({ WEAPP_DATA: data, PORT: port })).rejects.toMatchObject({
    code: 69,
    sentence: { en: expect.stringContaining(`Port ${port} is in use`) },
  })
  await expect(start({ WEAPP_DATA: data, EMULATOR_PORT: port })).rejects.toMatchObject({
    code: 69,
    sentence: { en: expect.stringContaining('--emulator-port') },
  })
  await expect(stat(data)).rejects.toThrow('ENOENT')
})

test('a call of WeChat that fails is logged, without code and secret', async () => {
  const { dev, log } = await start()
  const { code } = await post(`${dev.url}/_emulator/wx/login`, { appId, personId: 'lin' })
  await post(`${dev.url}/v1/login`, { appId, code: `${code}x`, nonce: 'nonce-0123456789abcdef' })
  expect(log.map(line => JSON.parse(line))).toEqual([
    expect.objectContaining({ msg: 'wechat', api: 'codeToSession', outcome: 'refused', errcode: 40029 }),
  ])
  for (const canary of [code, demoApp.secret]) expect(log.join('\n')).not.toContain(canary)
})

test('with NODE_ENV=production neither dev nor emulate starts', async () => {
  for (const command of ['dev', 'emulate']) {
    const { terminal, err } = createFakeTerminal({ NODE_ENV: 'production', PORT: '0', EMULATOR_PORT: '0' })
    expect(await runCommand([command], terminal)).toBe(78)
    expect(err()).toContain('NODE_ENV=production')
  }
})

/** The lines of the stream until one is the last; the stream itself never ends. */
async function readJournal(url: string, isLast: (line: DevJournalLine) => boolean): Promise<DevJournalLine[]> {
  const abort = new AbortController()
  const { body } = await fetch(url, { signal: abort.signal })
  const lines: DevJournalLine[] = []
  let text = ''
  for await (const chunk of (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
    text += chunk
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1]
      if (data === undefined) continue
      const line: DevJournalLine = JSON.parse(data)
      lines.push(line)
      if (isLast(line)) return lines
    }
  }
  return lines
}
