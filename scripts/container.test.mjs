/** What deploy/Dockerfile promises, proved without Docker: the same folder, served by another user who may write only data. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { assemble } from './assemble.mjs'
import { root } from './bootstrap.mjs'

/** "nobody" on most systems; only root can become somebody else. */
const nobody = 65534
const isRoot = process.getuid?.() === 0
const as = isRoot ? { uid: nobody, gid: nobody } : {}
const slow = { timeout: 300_000 }

const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-image-'))
const [app, data] = [join(folder, 'app'), join(folder, 'data')]
const bin = join(app, 'node_modules', 'weapp-auth', 'dist', 'bin.js')
const env = {
  PATH: process.env.PATH,
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  PORT: '0',
  WEAPP_DATA: data,
  WEAPP_APPID: 'wx0000000000000001',
  WEAPP_SECRET: '0123456789abcdef0123456789abcdef',
  ISSUER: 'https://auth.example.com',
  DRAIN_SECONDS: '0',
}

beforeAll(() => {
  assemble(app)
  mkdirSync(data, { mode: 0o700 })
  if (isRoot) chownSync(data, nobody, nobody)
  chmodSync(folder, 0o755)
  eachFolder(app, path => chmodSync(path, 0o555))
}, slow.timeout)

afterAll(() => {
  eachFolder(app, path => chmodSync(path, 0o755))
  rmSync(folder, { recursive: true })
}, slow.timeout)

function eachFolder(path, run) {
  run(path)
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) eachFolder(join(path, entry.name), run)
}

const everything = () => readdirSync(app, { recursive: true }).sort()
const run = (args, more = {}) =>
  spawnSync(process.execPath, [bin, ...args], { cwd: app, env: { ...env, ...more }, encoding: 'utf8', ...as })

/** `weapp-auth serve`, and its address as soon as it says so. */
async function serve() {
  const child = spawn(process.execPath, [bin, 'serve'], { cwd: app, env, ...as })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  const ended = new Promise(resolve => child.once('exit', resolve))
  const url = await new Promise((resolve, reject) => {
    const read = text => {
      said += text
      const found = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(said)
      if (found) resolve(found[0])
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', code => reject(new Error(`ended with ${code}: ${said}`)))
  })
  return { child, url, ended }
}

test('an ordinary user who may write only its data makes keys, serves, is ready and stops', slow, async () => {
  const before = everything()
  expect(run(['keys'])).toMatchObject({ status: 0 })
  const { child, url, ended } = await serve()
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  const check = spawnSync(process.execPath, [join(root, 'deploy', 'healthcheck.mjs')], {
    env: { PORT: new URL(url).port },
  })
  expect(check.status).toBe(0)
  if (isRoot && existsSync(`/proc/${child.pid}/status`))
    expect(readFileSync(`/proc/${child.pid}/status`, 'utf8')).toMatch(new RegExp(`^Uid:\\s+${nobody}\\b`, 'm'))
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(everything()).toEqual(before)
  expect(readdirSync(data).sort()).toEqual(expect.arrayContaining(['keys.json', 'weapp-auth.sqlite']))
})

test('the health check fails where nobody is ready', slow, () => {
  const check = spawnSync(process.execPath, [join(root, 'deploy', 'healthcheck.mjs')], { env: { PORT: '1' } })
  expect(check.status).toBe(1)
})

test('the program itself cannot be changed by who runs it', slow, () => {
  const write = `require('node:fs').writeFileSync(${JSON.stringify(join(app, 'node_modules', 'weapp-auth', 'dist', 'x.js'))}, '')`
  const tried = spawnSync(process.execPath, ['-e', write], { encoding: 'utf8', ...as })
  expect(tried.stderr).toMatch(/EACCES|EROFS/)
})

test('there is no emulator, no phone, no compiler, no type and no test in it', slow, () => {
  const files = everything().filter(path => !path.endsWith('.d.ts'))
  const others =
    /@weapp-auth\/(emulator|web|client)\/|node_modules\/(esbuild|vite|vitest|typescript|prebuild-install)\/|node_modules\/@types\/|weapp-auth\/.*\.test\.|deps\/sqlite3/
  expect(files.filter(path => others.test(`${path}/`))).toEqual([])
  expect(files.length).toBeGreaterThan(1000)
})

test('what only development needs is asked for in vain, and says why', slow, () => {
  const { status, stderr } = run(['emulate'], { NODE_ENV: 'development' })
  expect(status).toBe(69)
  expect(stderr).toContain('--omit=optional')
})

test('the image is made by who is root and run by who is not, from this very folder', () => {
  const lines = readFileSync(join(root, 'deploy', 'Dockerfile'), 'utf8').split('\n')
  const last = lines.slice(lines.findLastIndex(line => line.startsWith('FROM ')))
  expect(lines.some(line => line.includes('scripts/assemble.mjs /app'))).toBe(true)
  expect(last).toContain('USER node')
  expect(last.find(line => line.startsWith('HEALTHCHECK'))).toContain('healthcheck.mjs')
  expect(last.filter(line => line.startsWith('RUN '))).toEqual([
    'RUN install --directory --owner=node --group=node --mode=0700 /data',
  ])
  expect(lines.filter(line => /^(ARG|ENV).*(SECRET|TOKEN|PASSWORD)/.test(line))).toEqual([])
})
