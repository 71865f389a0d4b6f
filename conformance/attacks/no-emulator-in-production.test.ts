import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyring, writeKeyring } from '@weapp-auth/server'
import { expect, onTestFinished, test } from 'vitest'
import { runCommand, type Terminal } from 'weapp-auth'

/*
 * A29: the emulator logs in anybody and shows one-time codes. With NODE_ENV=production every way to it, and every
 * convenience of a laptop, ends the process with 78 and says in both languages what to set instead.
 */

const appId = 'wx00000000000000a1'
const secret = '0123456789abcdef0123456789abcdef'
const production = { NODE_ENV: 'production', PORT: '0', EMULATOR_PORT: '0' }
const real = { ...production, WEAPP_APPID: appId, WEAPP_SECRET: secret, ISSUER: 'https://auth.example.com' }

interface Start {
  readonly name: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** What the message names, in both languages. */
  readonly named: string
}

const starts: readonly Start[] = [
  { name: 'dev', args: ['dev'], env: production, named: 'NODE_ENV' },
  { name: 'dev, though an app is set', args: ['dev'], env: real, named: 'NODE_ENV' },
  { name: 'emulate', args: ['emulate'], env: production, named: 'NODE_ENV=production' },
  { name: 'emulate with TLS', args: ['emulate', '--tls'], env: real, named: 'NODE_ENV=production' },
  { name: 'serve without an app, which is dev elsewhere', args: ['serve'], env: production, named: 'WEAPP_APPID' },
  {
    name: 'serve with an emulator in the place of WeChat',
    args: ['serve'],
    env: { ...real, WECHAT_BASE_URL: 'http://127.0.0.1:8788' },
    named: 'WECHAT_BASE_URL',
  },
  {
    name: 'serve with one-time codes on the screen',
    args: ['serve'],
    env: { ...real, SMS_PROVIDER: 'print' },
    named: 'SMS_PROVIDER',
  },
  { name: 'serve with keys that it would have to make', args: ['serve'], env: real, named: 'weapp-auth keys' },
]

/** `weapp-auth` with these words, on a machine of its own. */
async function start(args: readonly string[], env: Readonly<Record<string, string>>, withKeys: boolean) {
  const data = await mkdtemp(join(tmpdir(), 'weapp-auth-attack-'))
  if (withKeys) await writeFile(join(data, 'keys.json'), writeKeyring(generateKeyring()), { mode: 0o600 })
  const lines: string[] = []
  let wake: () => void = () => undefined
  let stop: (signal: 'SIGINT') => void = () => undefined
  const stopped = new Promise<'SIGINT'>(resolve => {
    stop = resolve
  })
  const write = (text: string) => {
    lines.push(...text.split('\n'))
    wake()
  }
  const terminal: Terminal = {
    env: { WEAPP_DATA: data, KEYS: join(data, 'keys.json'), ...env },
    out: write,
    err: write,
    readInput: async () => '',
    onHangUp: () => undefined,
    untilStopped: () => stopped,
    pause: async () => undefined,
  }
  const ended = runCommand(args, terminal)
  onTestFinished(async () => {
    stop('SIGINT')
    await ended
    await rm(data, { recursive: true })
  })
  async function said(expression: RegExp): Promise<string> {
    for (;;) {
      const match = expression.exec(lines.join('\n'))
      if (match) return match[0]
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
  }
  return { ended, lines, said }
}

test.each(starts)('$name ends with 78 and says why', { timeout: 60_000 }, async ({ args, env, named }) => {
  const { ended, lines } = await start(args, env, named !== 'weapp-auth keys')
  expect(await ended).toBe(78)
  const said = lines.filter(line => line.includes(named))
  expect(said.some(line => /[\u4e00-\u9fff]/.test(line))).toBe(true)
  expect(said.some(line => /^[ -~]+$/.test(line))).toBe(true)
  expect(lines.join('\n')).not.toContain(secret)
})

test('a server in production has no door of the emulator or of development', { timeout: 60_000 }, async () => {
  const { said } = await start(['serve'], real, true)
  const url = await said(/http:\/\/127\.0\.0\.1:\d+/)
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  const doors = ['/_emulator', '/_emulator/state', '/_emulator/people', '/dev', '/dev/journal', '/debug', '/phone/']
  for (const path of [...doors, '/sns/jscode2session', '/cgi-bin/token', '/metrics'])
    expect([path, (await fetch(`${url}${path}`, { redirect: 'manual' })).status]).toEqual([path, 404])
  // Nor does a header or a query bring one back.
  for (const init of [{ headers: { 'x-debug': '1', 'x-http-method-override': 'POST' } }, {}]) {
    const answer = await fetch(`${url}/v1/me?debug=1&emulator=1&NODE_ENV=development`, init)
    expect(answer.status).toBe(401)
    expect(await answer.text()).not.toMatch(/\bat .+:\d+:\d+|node_modules|stack/)
  }
})
