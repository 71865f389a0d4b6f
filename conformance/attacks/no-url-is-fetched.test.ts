import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type LoginAnswer, type ProfileAnswer, routes } from '@weapp-auth/protocol/contract'
import { rawDataSignature } from '@weapp-auth/protocol/wechat'
import { createWechat } from '@weapp-auth/wechat'
import { expect, onTestFinished, test } from 'vitest'
import { app, bearer, openTarget } from './open-target.ts'

/*
 * A25: there is no webhook, and no address that a user can give is ever asked: pictures are uploaded, not fetched. Sixty
 * forms of an address of this machine are put wherever a text is taken; somebody listens there, and nobody comes.
 */

const lin = { id: 'lin', name: 'Lin', phones: [{ number: '13800138000' }] }

/** Listens on this machine and counts who comes. */
async function openTrap(answer: { status: number; headers?: Record<string, string> } = { status: 200 }) {
  let connections = 0
  const trap = createServer((_, response) => response.writeHead(answer.status, answer.headers).end('{}'))
  trap.on('connection', () => {
    connections += 1
  })
  await new Promise<void>(resolve => trap.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    trap.closeAllConnections()
    trap.close()
  })
  const { port } = trap.address() as AddressInfo
  return { port, connections: () => connections }
}

/** Names of this machine that filters have been known to miss, and ways to another scheme. */
function formsOf(port: number): readonly string[] {
  const hosts = [
    '127.0.0.1',
    'localhost',
    'LOCALHOST',
    'localhost.',
    '127.1',
    '127.0.1',
    '0',
    '0.0.0.0',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0x7f.1',
    '017700000001',
    '0177.0.0.1',
    '0177.1',
    '127.000.000.001',
    '127.0.0.1.',
    '127.127.127.127',
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '127.0.0.1.nip.io',
    'localtest.me',
    '①②⑦.⓪.⓪.①',
    '１２７.０.０.１',
    '127。0。0。1',
    'ｌｏｃａｌｈｏｓｔ',
    '%31%32%37.0.0.1',
    'user@127.0.0.1',
    'user:pass@127.0.0.1',
    'wx.qlogo.cn@127.0.0.1',
    'wx.qlogo.cn%40127.0.0.1',
    'wx.qlogo.cn#@127.0.0.1',
    '127.0.0.1#wx.qlogo.cn',
    '127.0.0.1?wx.qlogo.cn',
    '127.0.0.1%23.wx.qlogo.cn',
    'wx.qlogo.cn\\@127.0.0.1',
    '127.0.0.1\\.wx.qlogo.cn',
  ]
  const odd = [
    `//127.0.0.1:${port}/`,
    `\\\\127.0.0.1:${port}\\share`,
    `http:/127.0.0.1:${port}/`,
    `http:127.0.0.1:${port}/`,
    `http:\\\\127.0.0.1:${port}/`,
    `ht\ttp://127.0.0.1:${port}/`,
    ` http://127.0.0.1:${port}/`,
    `https://127.0.0.1:${port}/`,
    `HTTP://127.0.0.1:${port}/`,
    `ws://127.0.0.1:${port}/`,
    `ftp://127.0.0.1:${port}/`,
    `gopher://127.0.0.1:${port}/_GET`,
    `dict://127.0.0.1:${port}/`,
    `ldap://127.0.0.1:${port}/`,
    `jar:http://127.0.0.1:${port}!/`,
    `url:http://127.0.0.1:${port}/`,
    'file:///etc/passwd',
    'data:text/html,<img src=http://127.0.0.1>',
  ]
  return [...hosts.map(host => `http://${host}:${port}/picture.png`), ...odd]
}

test('no form of an address makes the server open a connection', async () => {
  const trap = await openTrap()
  const forms = formsOf(trap.port)
  expect(new Set(forms).size).toBe(60)
  const keys: string[] = []
  const policy = { openData: 'enforce', legacy: { formats: ['001', '002', '003b'] } } as const
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  const storage = {
    put: async (key: string, bytes: Uint8Array) => void files.set(key, new Uint8Array(bytes)),
    get: async (key: string) => files.get(key) ?? null,
    delete: async (key: string) => void files.delete(key),
  }
  const target = await openTarget({
    people: [lin],
    policy,
    server: { avatars: { storage }, limits: { perUser: 'off', perIp: 'off' } },
    wechat: {},
  })
  const { loginId, tokens } = await target.logIn('lin')
  const token = tokens.accessToken
  // The victim's own key signs what a page would send, as it does in a mini program of before 2021.
  const query = new URLSearchParams({ appid: app.appId, secret: app.secret, grant_type: 'authorization_code' })
  query.set('js_code', await target.codeOf('lin'))
  const known = await target.emulator.fetch(new Request(`https://api.weixin.qq.com/sns/jscode2session?${query}`))
  keys.push(((await known.json()) as { session_key: string }).session_key)

  const before = target.asked.length
  const sent: number[] = []
  for (const form of forms) {
    const rawData = JSON.stringify({ nickName: 'Lin', avatarUrl: form, gender: 0, city: '', province: '', country: '' })
    const signature = rawDataSignature(rawData, keys[0] ?? '')
    const referer = URL.canParse(form) ? new URL(form).href : form
    const answers = [
      await target.post(routes.profileOpenData, { loginId, rawData, signature }, token),
      await target.post(routes.profile, { nickname: form }, token),
      await target.post(routes.profile, { avatarUrl: form }, token),
      await target.send(routes.avatar, {
        method: 'POST',
        headers: { 'content-type': 'text/plain', ...bearer(token) },
        body: form,
      }),
      await target.send(routes.avatar, {
        method: 'POST',
        headers: { 'content-type': 'image/png', ...bearer(token) },
        body: form,
      }),
      await target.get(`${routes.avatarFile.replace('{key}', encodeURIComponent(form))}`),
      await target.post(routes.loginPhone, {
        appId: app.appId,
        code: form,
        nonce: target.nonce(),
        phone: { code: form },
      }),
      await target.post('/002/login', { code: form, userInfo: { avatarUrl: form } }),
      await target.send(routes.jwks, { headers: { 'x-forwarded-host': 'evil.example', referer: encodeURI(referer) } }),
    ]
    sent.push(...answers.map(({ status }) => status))
  }
  expect(sent.filter(status => status >= 500)).toEqual([])
  expect(trap.connections()).toBe(0)
  // WeChat itself is asked for nothing but what it is there for.
  const paths = new Set(target.asked.slice(before).map(({ url }) => url.pathname))
  expect(
    [...paths].filter(path => !/jscode2session|stable_token|getuserphonenumber|checkencryptedmsg/.test(path)),
  ).toEqual([])
  // And no picture of theirs is shown to anybody.
  const { body } = await target.get<ProfileAnswer>(routes.me, token)
  expect(body.user.profile.avatarUrl).toBeNull()

  // The trap works.
  await fetch(`http://127.0.0.1:${trap.port}/`)
  expect(trap.connections()).toBe(1)
}, 60_000)

test.each([301, 302, 307, 308])('an upstream that redirects is not followed, wherever it leads', async status => {
  const inside = await openTrap()
  const gate = await openTrap({ status, headers: { location: `http://127.0.0.1:${inside.port}/latest/meta-data` } })
  const wechat = createWechat({ apps: [app], baseUrl: `http://127.0.0.1:${gate.port}` })
  onTestFinished(() => wechat.close())
  await expect(wechat.codeToSession({ appId: app.appId, code: 'a-code-of-nobody' })).rejects.toThrow()
  expect(gate.connections()).toBeGreaterThan(0)
  expect(inside.connections()).toBe(0)
})

test('the answer of a login names no address but that of the server', async () => {
  const target = await openTarget({ people: [lin] })
  const login: LoginAnswer = await target.logIn('lin')
  const urls = JSON.stringify(login).match(/https?:\/\/[^"\\]+/g) ?? []
  expect(urls.filter(url => !url.startsWith('https://auth.example.com'))).toEqual([])
})
