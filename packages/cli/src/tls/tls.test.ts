import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { get as httpsGet, type RequestOptions } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { issueCertificate, newKeys, serverExtensions } from '@weapp-auth/emulator/certificates'
import { expect, onTestFinished, test } from 'vitest'
import { createFakeTerminal } from '../../test/fake-terminal.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { demoApp } from '../demo.ts'
import { runCommand } from '../run-command.ts'
import { openTestCa, wechatHosts } from './test-ca.ts'

const TOKEN = `/cgi-bin/token?grant_type=client_credential&appid=${demoApp.appId}&secret=${demoApp.secret}`

async function start() {
  const data = await temporaryFolder()
  const fake = createFakeTerminal()
  const ended = runCommand(['emulate', '--port', '0', '--tls', '--tls-port', '0', '--data', data], fake.terminal)
  onTestFinished(async () => {
    fake.stop()
    expect(await ended).toBe(0)
  })
  const tls = new URL(await fake.said(/https:\/\/127\.0\.0\.1:[1-9]\d*/))
  const proxy = new URL(/HTTPS_PROXY=(\S+)/.exec(fake.out())?.[1] ?? '')
  return { data, tls, proxy, out: fake.out(), ca: await readFile(join(data, 'emulator-ca.pem'), 'utf8') }
}

/** A GET over TLS by Node's own client, which trusts this CA alone. */
function ask(options: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpsGet({ agent: false, ...options }, response => {
      response.setEncoding('utf8')
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () => resolve(text))
    })
    request.on('error', reject)
  })
}

/** The tunnel that a proxy opens. */
async function tunnel(proxy: URL, target: string) {
  const socket = connect(Number(proxy.port), proxy.hostname)
  onTestFinished(() => void socket.destroy())
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)
  const [head] = (await once(socket, 'data')) as [Buffer]
  return { socket, head: head.toString() }
}

test('a client that trusts the test CA reaches the emulator as https://api.weixin.qq.com', async () => {
  const { tls, ca } = await start()
  const to = { host: tls.hostname, port: tls.port, path: TOKEN, ca }
  expect(JSON.parse(await ask({ ...to, servername: 'api.weixin.qq.com' }))).toHaveProperty('access_token')
  await expect(ask({ ...to, servername: 'pay.weixin.qq.com' })).rejects.toThrow(/altnames/)
  await expect(ask({ ...to, ca: [], servername: 'api.weixin.qq.com' })).rejects.toThrow(/self-signed|unable to/)
})

test.each(wechatHosts)('a proxy leads https://%s to the emulator', async host => {
  const { proxy, ca } = await start()
  const { socket, head } = await tunnel(proxy, `${host}:443`)
  expect(head).toMatch(/^HTTP\/1\.1 200 /)
  const secure = connectTls({ socket, servername: host, ca })
  await once(secure, 'secureConnect')
  expect(secure.authorized).toBe(true)
  secure.write(`GET ${TOKEN} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  let text = ''
  for await (const chunk of secure) text += String(chunk)
  expect(text).toContain('"access_token"')
})

test.each(['example.com:443', 'api.weixin.qq.com:80', 'api.weixin.qq.com.example.com:443', '127.0.0.1:22', 'x'])(
  'the proxy refuses %s',
  async target => {
    const { proxy } = await start()
    expect((await tunnel(proxy, target)).head).toMatch(/^HTTP\/1\.1 403 /)
  },
)

test('a tunnel in which nobody speaks does not keep the emulator from stopping', async () => {
  const { proxy } = await start()
  await tunnel(proxy, 'api.weixin.qq.com:443')
})

test('tells in both languages how to trust and how to route', async () => {
  const { out, data, tls, proxy } = await start()
  const file = join(data, 'emulator-ca.pem')
  for (const part of [
    `NODE_EXTRA_CA_CERTS=${file}`,
    `REQUESTS_CA_BUNDLE=${file}`,
    `SSL_CERT_FILE=${file}`,
    'keytool -importcert',
    `HTTPS_PROXY=${proxy.origin}`,
    `-Dhttps.proxyPort=${proxy.port}`,
    `api.weixin.qq.com:443:127.0.0.1:${tls.port}`,
    '信任测试 CA',
    'trust the test CA',
  ])
    expect(out).toContain(part)
})

test('the CA is made once, its key is for its owner alone, and it is good for WeChat and this machine only', async () => {
  const folder = join(await temporaryFolder(), 'new')
  const { file, server } = await openTestCa(folder)
  const ca = new X509Certificate(await readFile(file))
  expect(ca.ca).toBe(true)
  expect(ca.verify(ca.publicKey)).toBe(true)
  const leaf = new X509Certificate(server.certificate)
  expect(leaf.checkIssued(ca) && leaf.verify(ca.publicKey)).toBe(true)
  expect(leaf.checkHost('api.weixin.qq.com')).toBe('api.weixin.qq.com')
  expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1')
  if (process.platform !== 'win32') expect((await stat(join(folder, 'emulator-ca-key.pem'))).mode & 0o777).toBe(0o600)
  const again = await openTestCa(folder)
  expect(new X509Certificate(again.server.certificate).verify(ca.publicKey)).toBe(true)
})

test('a certificate of the test CA for another name is not trusted', async () => {
  const { data, ca } = await start()
  const { createPrivateKey, createPublicKey } = await import('node:crypto')
  const privateKey = createPrivateKey(await readFile(join(data, 'emulator-ca-key.pem')))
  const issuer = { name: 'weapp-auth emulator test CA', privateKey, publicKey: createPublicKey(privateKey) }
  const forged = issueCertificate(issuer, {
    name: 'example.com',
    days: 1,
    extensions: serverExtensions(['example.com']),
  })
  const { createServer } = await import('node:tls')
  const server = createServer({ key: forged.key, cert: forged.certificate }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await expect(ask({ host: '127.0.0.1', port, servername: 'example.com', ca })).rejects.toThrow(/permitted subtree/)
})

test('damaged files are named, and lost ones made again', async () => {
  const folder = await temporaryFolder()
  const { file } = await openTestCa(folder)
  const key = join(folder, 'emulator-ca-key.pem')
  await writeFile(key, String(newKeys().privateKey.export({ type: 'pkcs8', format: 'pem' })))
  await expect(openTestCa(folder)).rejects.toMatchObject({ code: 78 })
  await writeFile(file, 'x')
  await expect(openTestCa(folder)).rejects.toThrow(/emulator-ca\.pem/)
  const { rm } = await import('node:fs/promises')
  await rm(key)
  expect((await openTestCa(folder)).server.certificate).toContain('BEGIN CERTIFICATE')
})

test('a folder that cannot be written is told', async () => {
  const blocked = join(await temporaryFolder(), 'file')
  await writeFile(blocked, '')
  await expect(openTestCa(join(blocked, 'inside'))).rejects.toMatchObject({ code: expect.any(Number) })
})
