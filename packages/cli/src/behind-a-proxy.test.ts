// The examples of deploy/proxy, in the real nginx and the real Caddy, in front of a real `serve`.
import { spawn, spawnSync } from 'node:child_process'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { issueCertificate, newKeys, serverExtensions } from '@weapp-auth/emulator/certificates'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { openTestPostgres } from '../../server/test/services.ts'
import { askThroughTls } from '../test/ask-through-tls.ts'
import { openWechat, runServe } from '../test/run-serve.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { demoApp } from './demo.ts'
import { createKeyringFile } from './keyring-file.ts'

const slow = { timeout: 120_000 }
const host = 'auth.example.com'
const { appId, secret } = demoApp
const example = (name: string) => readFile(new URL(`../../../deploy/proxy/${name}`, import.meta.url), 'utf8')

const probe = await openTestPostgres()
afterAll(() => probe?.close())

interface Files {
  readonly folder: string
  readonly port: number
  /** Host and port of each instance. */
  readonly upstreams: readonly string[]
}

/** One proxy: how its example becomes a configuration of this machine, is checked, and is run. */
interface Proxy {
  readonly name: string
  readonly version: readonly string[]
  readonly install: string
  /** Whether it asks each instance if it is ready; else a request may be on its way to a port that closes. */
  readonly asks: boolean
  write(files: Files): Promise<void>
  check(folder: string): readonly string[]
  run(folder: string): readonly string[]
}

const proxies: readonly Proxy[] = [
  {
    name: 'nginx',
    version: ['nginx', '-v'],
    install: 'apt-get install nginx-light',
    asks: false,
    async write({ folder, port, upstreams }) {
      const conf = (await example('nginx.conf'))
        .replaceAll('/etc/nginx/tls/auth.example.com', join(folder, 'tls'))
        .replaceAll('/var/log/nginx/', `${folder}/`)
        .replace(/^( {2}server 127\.0\.0\.1:\d+ .*\n)+/m, lines =>
          upstreams.map(at => lines.slice(0, lines.indexOf('\n') + 1).replace(/127\.0\.0\.1:\d+/, at)).join(''),
        )
        .replace(/^server \{\n {2}listen 80;[^}]*\}\n/m, '')
        .replace(/^ {2}listen \[::\]:443.*\n/m, '')
        .replace('listen 443 ssl http2;', `listen 127.0.0.1:${port} ssl http2;`)
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        kind => `${kind}_temp_path ${folder}/${kind};`,
      )
      const main = `worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events {} http { ${temporary.join(' ')} access_log off; include ${folder}/site.conf; }`
      await writeFile(join(folder, 'site.conf'), conf)
      await writeFile(join(folder, 'main.conf'), main)
    },
    check: folder => ['nginx', '-t', '-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'main.conf')],
    run: folder => ['nginx', '-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'main.conf')],
  },
  {
    name: 'caddy',
    version: ['caddy', 'version'],
    install: 'apt-get install caddy',
    asks: true,
    async write({ folder, port, upstreams }) {
      const site = `https://${host}:${port}`
      const conf = (await example('Caddyfile'))
        .replace('{\n\tadmin off\n', '{\n\tadmin off\n\tauto_https off\n')
        .replace('{$WEAPP_AUTH_UPSTREAMS:127.0.0.1:8787}', upstreams.join(' '))
        .replace(
          '{$WEAPP_AUTH_SITE:auth.example.com} {\n',
          `${site} {\n\tbind 127.0.0.1\n\ttls ${folder}/tls.pem ${folder}/tls.key\n`,
        )
        .replace('output stdout', `output file ${folder}/access.log`)
      await writeFile(join(folder, 'Caddyfile'), conf)
    },
    check: folder => ['caddy', 'validate', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')],
    run: folder => ['caddy', 'run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')],
  },
]

/** In front of `serve`: what the proxy sends is seen before it goes on. */
async function openWitness(to: string) {
  const seen: IncomingMessage[] = []
  const server = createServer((incoming, answer) => {
    seen.push(incoming)
    const { method, headers, url = '/' } = incoming
    const outgoing = request(new URL(to), { method, headers, path: url, agent: false }, from => {
      answer.writeHead(from.statusCode ?? 502, from.headers)
      from.pipe(answer)
    })
    outgoing.on('error', () => answer.destroy())
    incoming.pipe(outgoing)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  onTestFinished(close)
  return { at: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close }
}

/** A proxy does not take "any port" and say which; below 32768 nobody who asks for any is given this one meanwhile. */
async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 12_000)
  const server = createTcpServer()
  const isFree = await new Promise<boolean>(done => {
    server.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true))
  })
  if (!isFree) return freePort()
  await new Promise(done => server.close(done))
  return port
}

/** Runs the proxy of an example in front of these instances, after it has found nothing wrong with its configuration. */
async function openProxy(proxy: Proxy, upstreams: readonly string[]) {
  const folder = await temporaryFolder()
  // The workers of nginx are nobody.
  await chmod(folder, 0o755)
  const keys = newKeys()
  const extensions = serverExtensions([host])
  const { certificate, key } = issueCertificate({ name: host, ...keys }, { name: host, days: 30, extensions }, keys)
  await writeFile(join(folder, 'tls.pem'), certificate)
  await writeFile(join(folder, 'tls.key'), key, { mode: 0o600 })
  const port = await freePort()
  await proxy.write({ folder, port, upstreams })

  const [command = '', ...args] = proxy.check(folder)
  const checked = spawnSync(command, args, { encoding: 'utf8' })
  expect(checked).toMatchObject({ status: 0 })

  const [program = '', ...rest] = proxy.run(folder)
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: folder } })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (said += text))
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
  })
  const place = { port, host, ca: certificate }
  await listening(() => askThroughTls(place, '/'), child)
  const logs = async () => {
    const names = ['access.log', 'error.log', 'weapp-auth.access.log', 'weapp-auth.error.log']
    const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8').catch(() => '')))
    return said + texts.join('')
  }
  return { place, logs }
}

const people = ['lin', 'wei', 'chen'].map(id => ({ id, name: id, phones: [] }))
type Wechat = Awaited<ReturnType<typeof openWechat>>

/** An instance, and its address as soon as it serves. */
async function openInstance(wechat: Wechat, env: Readonly<Record<string, string>> = {}) {
  const served = await runServe({
    WEAPP_APPID: appId,
    WEAPP_SECRET: secret,
    WECHAT_BASE_URL: wechat.url,
    ISSUER: `https://${host}`,
    TRUST_PROXY: '1',
    METRICS_TOKEN: 'only-for-the-test-0123456789',
    ...env,
  })
  const url = (await served.said(/is serving .*http:\/\/127\.0\.0\.1:\d+/)).replace(/^.*(?=http)/, '')
  return { ...served, url }
}

/** Asks until somebody answers, or the program has ended. */
async function listening(ask: () => Promise<unknown>, child: { readonly exitCode: number | null }): Promise<void> {
  for (;;) {
    const failure = await ask().then(
      () => null,
      (error: NodeJS.ErrnoException) => error,
    )
    if (failure === null) return
    if (failure.code !== 'ECONNREFUSED' || child.exitCode !== null) throw failure
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

function tokensOf(text: string) {
  return (JSON.parse(text) as { readonly tokens: Readonly<Record<'accessToken' | 'refreshToken', string>> }).tokens
}

const closed = [
  '/metrics',
  '/metrics?x',
  '//metrics',
  '/%6detrics',
  '/METRICS',
  '/v1/../metrics',
  '/v1/%2e%2e/metrics',
  '/v1/..%2fmetrics',
  '/metrics/../v1/me',
  '/admin/v1/users',
  '/v1/../admin/v1/users',
  '/console/',
  '/readyz',
  '/healthz',
  '/reference',
  '/openapi.json',
  '/',
]

for (const proxy of proxies) {
  const [program = '', ...args] = proxy.version
  const isThere = spawnSync(program, args).status === 0
  if (!isThere)
    process.stderr.write(
      `\n跳过 ${proxy.name} 的测试：没有安装（${proxy.install}）/ the test of ${proxy.name} is skipped: ${proxy.install}\n`,
    )

  describe.skipIf(!isThere)(`behind ${proxy.name}, by the example of deploy/proxy`, () => {
    test('a login goes through, operators and metrics are closed, and no log tells a secret', slow, async () => {
      const wechat = await openWechat({ people })
      const witness = await openWitness((await openInstance(wechat)).url)
      const { place, logs } = await openProxy(proxy, [witness.at])
      const nonce = 'nonce-behind-a-proxy-000000'
      const code = await wechat.codeOf('lin')
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7' }
      const body = JSON.stringify({ appId, code, nonce })
      const login = await askThroughTls(place, '/v1/login', { method: 'POST', headers, body })
      expect(login).toMatchObject({ status: 200 })
      const { accessToken } = tokensOf(login.text)
      const authorization = `Bearer ${accessToken}`
      const me = await askThroughTls(place, '/v1/me?secretly=in-the-query', { headers: { authorization } })
      expect(me.status).toBe(200)

      // Whoever the client says it is, the proxy says whom it talks to, and nobody else.
      expect(witness.seen.at(-2)?.headers['x-forwarded-for']).toBe('127.0.0.1')
      expect(witness.seen.at(-1)?.headers.host).toBe(host)

      for (const path of ['/.well-known/jwks.json', '/.well-known/oauth-authorization-server'])
        expect(await askThroughTls(place, path)).toMatchObject({ status: 200 })
      for (const path of closed) {
        const { status } = await askThroughTls(place, path, { headers: { authorization } })
        expect([path, [400, 404].includes(status)]).toEqual([path, true])
      }
      // What went on has `..` in it, and our server takes paths as they are written: it has none of these.
      const went = witness.seen.map(({ url = '' }) => url).filter(url => !url.includes('..'))
      expect(went.filter(url => !/^\/(v1\/|\.well-known\/)/.test(url) && url !== '/readyz')).toEqual([])

      const large = new Uint8Array(200 * 1024)
      const tooLarge = await askThroughTls(place, '/v1/login', { method: 'POST', headers, body: large })
      expect(tooLarge.status).toBe(413)
      // More than a proxy allows elsewhere, less than an avatar may have: the server itself says what is wrong with it.
      const avatar = { method: 'POST', headers: { authorization, 'content-type': 'image/png' }, body: large }
      expect((await askThroughTls(place, '/v1/profile/avatar', avatar)).text).toContain('"code":"avatar_')

      witness.close()
      const lost = await askThroughTls(place, '/v1/me?secretly=in-the-query', { headers: { authorization } })
      expect([502, 503]).toContain(lost.status)
      const written = await logs()
      expect(written).toContain('/v1/login')
      for (const told of ['in-the-query', code, nonce, accessToken]) expect(written).not.toContain(told)
    })

    test.skipIf(!probe || !proxy.asks)(
      'two instances are restarted one after the other, and no request is lost',
      slow,
      async () => {
        const database = await openTestPostgres()
        if (!database) throw new Error('Postgres went away')
        onTestFinished(database.close)
        const wechat = await openWechat({ people })
        const keys = join(await temporaryFolder(), 'keys.json')
        await createKeyringFile(keys)
        const shared = { DATABASE: database.url, KEYS: keys }
        const former = [await openInstance(wechat, shared), await openInstance(wechat, shared)]
        const ports = former.map(({ url }) => new URL(url).port)
        const { place } = await openProxy(
          proxy,
          ports.map(port => `127.0.0.1:${port}`),
        )

        const statuses = new Map<number, number>()
        let rounds = 0
        let isOver = false
        async function live(person: string): Promise<void> {
          const login = { appId, code: await wechat.codeOf(person), nonce: `nonce-of-${person}-0000000000000000` }
          const headers = { 'content-type': 'application/json' }
          const answer = await askThroughTls(place, '/v1/login', {
            method: 'POST',
            headers,
            body: JSON.stringify(login),
          })
          let tokens = tokensOf(answer.text)
          while (!isOver) {
            const authorization = `Bearer ${tokens.accessToken}`
            const me = await askThroughTls(place, '/v1/me', { headers: { authorization } })
            const body = JSON.stringify({
              refreshToken: tokens.refreshToken,
              nonce: `nonce-${person}-${rounds}-000000000000`,
            })
            const token = await askThroughTls(place, '/v1/token', { method: 'POST', headers, body })
            for (const { status } of [me, token]) statuses.set(status, (statuses.get(status) ?? 0) + 1)
            if (token.status === 200) tokens = tokensOf(token.text)
            rounds += 1
          }
        }
        const more = async (count: number) => {
          const until = rounds + count
          while (rounds < until) await new Promise(resolve => setTimeout(resolve, 20))
        }
        const lives = people.map(({ id }) => live(id))

        for (const [index, instance] of former.entries()) {
          await more(20)
          instance.stop('SIGTERM')
          await instance.said(/"route":"\/readyz","status":503/)
          await more(20)
          instance.resume()
          expect(await instance.ended).toBe(0)
          await more(20)
          const fresh = await openInstance(wechat, { ...shared, PORT: ports[index] ?? '' })
          // The next one goes when the proxy has noticed this one, as "one at a time" wants it.
          await fresh.said(/\/v1\/me/)
        }
        await more(40)
        isOver = true
        await Promise.all(lives)
        expect([...statuses.keys()]).toEqual([200])
      },
    )
  })
}
