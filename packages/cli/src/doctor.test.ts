import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createEmulator } from '@weapp-auth/emulator'
import { describe, expect, test } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { CliFault } from './cli-fault.ts'
import { demoApp, demoPeople } from './demo.ts'
import { leaks } from './doctor/leaks.ts'
import type { Fetch } from './doctor/read-scanned.ts'
import { doctor } from './doctor.ts'
import { runCommand } from './run-command.ts'

const examples = fileURLToPath(new URL('../../../examples', import.meta.url))
const nobody: Fetch = async () => {
  throw new Error('nobody was to be asked')
}

async function run(args: readonly string[], fetch: Fetch = nobody) {
  const fake = createFakeTerminal()
  const fault = await doctor(args, fake.terminal, { fetch }).then(
    () => null,
    error => {
      if (error instanceof CliFault) return error
      throw error
    },
  )
  return { code: fault?.code ?? 0, fault, out: fake.out() }
}

async function kindsOf(target: string, fetch?: Fetch): Promise<readonly string[]> {
  const { out } = await run(['--scan', target, '--json'], fetch)
  const { findings } = JSON.parse(out) as { findings: { kind: string }[] }
  return [...new Set(findings.map(({ kind }) => kind))].sort()
}

describe('pages of the source documents', () => {
  test.each([
    ['001', ['session-key-in-client']],
    ['002', ['openid-as-identity', 'openid-in-storage']],
    ['003a', ['openid-as-identity', 'openid-in-storage', 'phone-in-storage']],
    ['003b', ['openid-in-storage', 'phone-in-storage']],
    ['004', ['session-key-in-client']],
    // Its page sends nothing but what the phone button gave; what is wrong there is on the server.
    ['000', []],
  ])('%s: %j', async (page, kinds) => {
    expect(await kindsOf(join(examples, 'sources', page))).toEqual(kinds)
  })
})

test.each(['native/miniprogram', 'uni-app/src', 'taro/src'])('our example %s is clean', async name => {
  const { code, out } = await run(['--scan', join(examples, name)])
  expect(out).toMatch(/[1-9]\d* texts scanned, 0 findings/)
  expect(code).toBe(0)
})

test('what WeChat answers is found wherever somebody passes it on', async () => {
  const emulator = createEmulator({ apps: [demoApp], people: demoPeople })
  const { appId, secret } = demoApp
  const { code } = (await emulator.wx('lin', appId).wx.login()) as { code: string }
  const query = new URLSearchParams({ appid: appId, secret, js_code: code, grant_type: 'authorization_code' })
  const passedOn: Fetch = () => emulator.fetch(new Request(`https://api.weixin.qq.com/sns/jscode2session?${query}`))
  expect(await kindsOf('https://naive.example.com/login', passedOn)).toEqual(['code2session-answer', 'session-key'])
  const grant = new URLSearchParams({ appid: appId, secret, grant_type: 'client_credential' })
  const token: Fetch = () => emulator.fetch(new Request(`https://api.weixin.qq.com/cgi-bin/token?${grant}`))
  expect(await kindsOf('https://naive.example.com/token', token)).toEqual(['access-token'])
  emulator.close()
})

test('a finding is told in both languages, with its place, its reason and what to do, and without the secret', async () => {
  const folder = await temporaryFolder()
  const secret = '3f9a1c7be24d5086af1b2c3d4e5f6071'
  await mkdir(join(folder, 'pages'))
  await writeFile(join(folder, 'pages', 'index.js'), `const a = 1\nconst secret = '${secret}'\n`)
  const { code, fault, out } = await run(['--scan', folder])
  const { what, why, fix } = leaks['app-secret']
  for (const text of [`${join(folder, 'pages', 'index.js')}:2:7`, ...[what, why, fix].flatMap(Object.values)])
    expect(out).toContain(text)
  expect(out).not.toContain(secret)
  expect(code).toBe(1)
  expect(fault?.sentence).toEqual({ zh: '发现 1 处泄露。', en: '1 leak was found.' })

  const { out: json } = await run(['--scan', folder, '--json'])
  expect(JSON.parse(json)).toEqual({
    scanned: 1,
    findings: [
      {
        file: join(folder, 'pages', 'index.js'),
        ...{ kind: 'app-secret', line: 2, column: 7, excerpt: "secret = '3f…(32)" },
        ...leaks['app-secret'],
      },
    ],
  })
  expect((await run(['--scan', folder, '--ignore', 'app-secret'])).code).toBe(0)
})

test('a recording tells requests and answers apart, also where they are Base64', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'visit.har')
  const answer = Buffer.from('{"phoneNumber":"13812345678"}').toString('base64')
  const entries = [
    {
      request: { method: 'POST', url: 'https://a.example/sms?x=1', postData: { text: '{"number":"+8613812345678"}' } },
      response: { content: { mimeType: 'application/json', text: '{"ok":true}' } },
    },
    {
      request: { method: 'GET', url: 'https://a.example/me' },
      response: { content: { text: answer, encoding: 'base64' } },
    },
    { request: { method: 'GET', url: 'https://api.weixin.qq.com/x' }, response: {} },
  ]
  await writeFile(path, JSON.stringify({ log: { version: '1.2', entries } }))
  const { out, code } = await run(['--scan', path])
  expect(code).toBe(1)
  expect(out).toContain(`${path} #2 GET https://a.example/me:1:`)
  expect(out).toContain(`${path} #3 GET https://api.weixin.qq.com/x (request):1:`)
  expect(out).not.toContain('#1')
  await writeFile(path, '[]')
  expect(await run(['--scan', path])).toMatchObject({ code: 65 })
})

describe('a URL', () => {
  const answering =
    (text: string, init: ResponseInit = {}): Fetch =>
    async () =>
      new Response(text, init)

  test('is asked once, and its query, which may hold a token, is not told', async () => {
    const asked: string[] = []
    const { out } = await run(['--scan', 'https://a.example/me?token=of-the-user'], async request => {
      asked.push(request.url)
      expect(request.redirect).toBe('manual')
      return new Response('{"phone":"13812345678"}', { headers: { 'content-type': 'application/json' } })
    })
    expect(asked).toEqual(['https://a.example/me?token=of-the-user'])
    expect(out).toContain('https://a.example/me:1:')
    expect(out).not.toContain('of-the-user')
  })

  test('that redirects is not followed, wherever it leads', async () => {
    for (const location of ['http://127.0.0.1/', 'http://169.254.169.254/latest/meta-data', 'https://b.example/']) {
      let asked = 0
      const { code, fault } = await run(['--scan', 'https://a.example/'], async () => {
        asked += 1
        return new Response(null, { status: 302, headers: { location } })
      })
      expect([asked, code, fault?.sentence.en]).toEqual([1, 69, expect.stringContaining('follows no redirect')])
    }
  })

  test('with a page is code, with anything else an answer', async () => {
    const text = "<script>wx.setStorageSync('session_key', k)</script>"
    const page = { headers: { 'content-type': 'text/html; charset=utf-8' } }
    expect(await kindsOf('https://a.example/', answering(text, page))).toEqual(['session-key-in-storage'])
    expect(await kindsOf('https://a.example/', answering(text))).toEqual([])
  })

  test('that cannot be reached ends with 69, and a wrong use with 64', async () => {
    expect(await run(['--scan', 'https://a.example/'])).toMatchObject({ code: 69 })
    expect(await run(['--scan', '/nowhere/at/all'])).toMatchObject({ code: 69 })
    expect(await run(['--scan', 'http://'])).toMatchObject({ code: 69 })
    expect(await run(['--ignore', 'app-secret'])).toMatchObject({ code: 64 })
    expect(await run(['--scan', '.', '--ignore', 'everything'])).toMatchObject({ code: 64 })
  })
})

test('it is a command', async () => {
  const { terminal, out } = createFakeTerminal()
  expect(await runCommand(['doctor', '--scan', join(examples, 'sources', '004')], terminal)).toBe(1)
  expect(out()).toContain('[session-key-in-client]')
})
