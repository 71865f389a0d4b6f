import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { createConsoleSite } from './console-site.ts'
import { createDevSite } from './dev-site.ts'

let site: (path: string, init?: RequestInit) => Promise<Response>
beforeEach(async () => {
  const folder = await temporaryFolder()
  const phone = join(folder, 'phone')
  await mkdir(join(phone, 'assets'), { recursive: true })
  await mkdir(join(folder, 'console'))
  await writeFile(join(folder, 'console', 'index.html'), 'console')
  await writeFile(join(phone, 'index.html'), '<p>电话')
  await writeFile(join(phone, 'assets', 'main.js'), 'run()')
  await writeFile(join(phone, 'keys'), 'no type')
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await writeFile(join(folder, 'phone-secret.txt'), 'secret')
  const says = (who: string) => async (request: Request) =>
    new Response(`${who} ${new URL(request.url).pathname}`, {
      headers: { agent: request.headers.get('user-agent') ?? '' },
    })
  const fetch = createDevSite({
    server: says('server'),
    emulator: says('emulator'),
    journal: () => new Response('journal'),
    programs: says('programs'),
    phone,
    console: createConsoleSite(join(folder, 'console')),
  })
  site = (path, init) => fetch(new Request(`http://127.0.0.1:8787${path}`, init))
})

test.each([
  ['/v1/login', 'server /v1/login'],
  ['/.well-known/jwks.json', 'server /.well-known/jwks.json'],
  ['/healthz', 'server /healthz'],
  ['/anything', 'server /anything'],
  ['/phones', 'server /phones'],
  ['/_emulator/state', 'emulator /_emulator/state'],
  ['/dev/journal', 'journal'],
  ['/dev/programs', 'programs /dev/programs'],
  ['/dev/programs/shop.js', 'programs /dev/programs/shop.js'],
  ['/phone/', '<p>电话'],
  ['/console/', 'console'],
  ['/console/users', 'console'],
  ['/phone/assets/main.js', 'run()'],
])('%s is answered by %s', async (path, text) => {
  expect(await (await site(path)).text()).toBe(text)
})

test("the server sees the phone's User-Agent, not the browser's", async () => {
  const headers = { 'user-agent': 'Chrome', 'x-phone-user-agent': 'MicroMessenger' }
  expect((await site('/v1/me', { headers })).headers.get('agent')).toBe('MicroMessenger')
  expect((await site('/v1/me', { headers: { 'user-agent': 'curl' } })).headers.get('agent')).toBe('curl')
})

test.each(['/', '/phone'])('%s leads to the phone', async path => {
  const response = await site(path)
  expect([response.status, response.headers.get('location')]).toEqual([302, '/phone/'])
})

test('files have their type and are asked for again each time', async () => {
  const { headers } = await site('/phone/assets/main.js')
  expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(headers.get('cache-control')).toBe('no-cache')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

test.each([
  '/phone/none.js',
  '/phone/assets',
  '/phone/keys',
  '/phone/..%2fsecret.txt',
  '/phone/%2e%2e/secret.txt',
  '/phone/..%5csecret.txt',
  '/phone/..%2fphone-secret.txt',
  '/phone/assets/..%2f..%2f..%2fsecret.txt',
  '/phone/%00.txt',
  '/phone/%zz.txt',
])('%s is not a file of the phone', async path => {
  const response = await site(path)
  expect(await response.text()).not.toContain('secret\n')
  expect([404, 200]).toContain(response.status)
  if (response.status === 200) expect(new URL(`http://h${path}`).pathname).not.toMatch(/^\/phone\//)
})

test.each(['/phone/', '/dev/journal'])('%s is only read', async path => {
  expect((await site(path, { method: 'POST' })).status).toBe(405)
})
