import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openWechat, type Wechat } from './open-wechat.ts'

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'emulator', 'node.md'), 'utf8')
const programs = [...page.matchAll(/```js\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, name = '', code = '']) => ({
  name,
  code,
}))

/** Here, because the programs look for the clients in the folders above their own. */
const folder = mkdtempSync(join(import.meta.dirname, '.programs-'))
for (const { name, code } of programs) writeFileSync(join(folder, name), code)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const app = { appId: 'wx0000000000000001', secret: '00000000000000000000000000000001', name: 'Tea' }
const lin = { id: 'lin', name: 'Lin', phones: [{ number: '12000000001' }] }

let wechat: Wechat
const printed: string[] = []
beforeEach(async () => {
  wechat = await openWechat({ apps: [app], people: [lin] })
  vi.stubEnv('WECHAT_BASE_URL', wechat.origin)
  vi.resetModules()
  printed.length = 0
  vi.spyOn(console, 'log').mockImplementation((...words) => void printed.push(words.join(' ')))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await wechat.close()
})

const openid = () => `openid ${wechat.control.people.openId(lin.id, app.appId)}`

test.each([
  ['login-fetch.mjs', () => [openid(), 'phone 12000000001', 'a used code: 40029']],
  ['login-easywechat.mjs', () => [openid(), 'phone 12000000001', 'opened 12000000001']],
  ['login-co-wechat.mjs', () => [openid(), 'phone 12000000001']],
  ['login-nest.mjs', () => [openid()]],
  [
    'in-process.mjs',
    () => [
      expect.stringMatching(/^after five minutes: \{"errcode":40029,"errmsg":"invalid code, rid: /),
      'the code is 300 s old, more than five minutes',
    ],
  ],
])('docs/emulator/node.md: %s does what the page says', async (name, lines) => {
  await import(join(folder, name))
  expect(printed).toEqual(lines())
})

test('docs/emulator/node.md: every program of the page is run here', () => {
  expect(programs.map(program => program.name).sort()).toEqual(
    ['in-process', 'login-co-wechat', 'login-easywechat', 'login-fetch', 'login-nest', 'phone'].map(
      name => `${name}.mjs`,
    ),
  )
})
