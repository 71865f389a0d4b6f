// Real processes, on ports of their own.
import { statSync } from 'node:fs'
import { chmod, chown } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { type ProcessOptions, startProcess } from '../test/start-process.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { demoApp } from './demo.ts'
import { openSqlite } from './open-sqlite.ts'

const app = { WEAPP_APPID: demoApp.appId, WEAPP_SECRET: demoApp.secret }
const slow = { timeout: 30_000 }

async function start(args: readonly string[], { env = {}, ...options }: ProcessOptions = {}) {
  const data = await temporaryFolder()
  const started = startProcess(args, { env: { WEAPP_DATA: data, ...env }, ...options })
  onTestFinished(() => void started.child.kill('SIGKILL'))
  return { ...started, data }
}

test('a signal lets it end with 0, also when it comes twice', slow, async () => {
  const served = await start(['serve', '--port', '0'], { env: app })
  const url = await served.said(/http:\/\/127\.0\.0\.1:[1-9]\d*/)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  served.child.kill('SIGINT')
  served.child.kill('SIGTERM')
  expect(await served.ended).toBe(0)
})

test('a second SIGTERM does not wait for the end of the drain', slow, async () => {
  const served = await start(['serve', '--port', '0'], { env: { ...app, DRAIN_SECONDS: '300' } })
  const url = await served.said(/http:\/\/127\.0\.0\.1:[1-9]\d*/)
  served.child.kill('SIGTERM')
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(503)
  const asking = setInterval(() => served.child.kill('SIGTERM'), 100)
  expect(await served.ended).toBe(143)
  clearInterval(asking)
})

test('a busy port ends it with 69 and says which, in both languages', slow, async () => {
  const busy = createServer()
  await new Promise<void>(done => busy.listen(0, '127.0.0.1', done))
  onTestFinished(() => void busy.close())
  const { port } = busy.address() as AddressInfo
  const served = await start(['serve', '--port', String(port)], { env: app })
  expect(await served.ended).toBe(69)
  expect(served.text()).toContain(`端口 ${port} 已被占用`)
  expect(served.text()).toContain(`Port ${port} is in use`)
})

test('a database that is open in another process is refused with 69', slow, async () => {
  const first = await start(['serve', '--port', '0'], { env: app })
  await first.said(/is serving/)
  const second = await start(['serve', '--port', '0'], { env: { ...app, WEAPP_DATA: first.data } })
  expect(await second.ended).toBe(69)
  expect(second.text()).toContain('weapp-auth.sqlite')
})

/** Permissions bind everybody but root, who becomes somebody else; that one must be able to reach these sources. */
const isRoot = process.getuid?.() === 0
const nobody = 65_534
const canTry = process.platform !== 'win32' && (!isRoot || isReachable(fileURLToPath(import.meta.url)))

function isReachable(path: string): boolean {
  const folder = dirname(path)
  return folder === path || ((statSync(folder).mode & 0o005) === 0o005 && isReachable(folder))
}

test.skipIf(!canTry)('a database file that may not be written ends it with 77', slow, async () => {
  const folder = await temporaryFolder()
  const database = join(folder, 'weapp-auth.sqlite')
  await (await openSqlite(database)).close()
  await chmod(database, 0o444)
  if (isRoot) await chown(folder, nobody, nobody)
  const migrated = await start(['migrate'], { env: { DATABASE: database }, ...(isRoot && { uid: nobody }) })
  expect(await migrated.ended).toBe(77)
  expect(migrated.text()).toContain('不可写')
  expect(migrated.text()).toContain('cannot be written')
})
