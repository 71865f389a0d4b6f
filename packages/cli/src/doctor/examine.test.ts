import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyring, writeKeyring } from '@weapp-auth/server'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { createExaminedWorld, failing, storedApp } from '../../test/examined-world.ts'
import { demoApp, demoPush } from '../demo.ts'
import { checkPackages } from './check-versions.ts'

type World = Awaited<ReturnType<typeof createExaminedWorld>>
type Change = NonNullable<Parameters<World['examine']>[0]>

const secrets = [demoApp.secret, storedApp.secret, demoPush.token, demoPush.encodingAesKey, 'hush-hush']

test('a server that is well is told so, line by line, and no secret of it', async () => {
  const { examine } = await createExaminedWorld()
  const { code, checks, out, text } = await examine()
  expect(checks.filter(({ status }) => status !== 'ok').map(({ check }) => check)).toEqual(['redis'])
  expect(code).toBe(0)
  const lines = (await text()).split('\n')
  expect(lines).toHaveLength(checks.length)
  expect(lines.filter(line => /^(ok {2}|- {3}) {2}.*[\u4e00-\u9fff].* \/ \S/.test(line))).toEqual(lines)
  for (const secret of secrets) expect(out).not.toContain(secret)
  expect(checks.filter(({ check }) => check === 'app').map(({ about }) => about)).toEqual([
    demoApp.appId,
    storedApp.appId,
  ])
  expect(checks.find(({ check }) => check === 'keys')?.found.en).toBe(
    'Root keys: 1 primary (1); all 2 sampled rows open.',
  )
})

test('it changes nothing: neither rows, nor files, nor the token at WeChat', async () => {
  const { data, store, emulator, examine } = await createExaminedWorld()
  await examine()
  const token = (one: unknown) => (one as { readonly access_token?: unknown }).access_token
  const grant = { grant_type: 'client_credential', appid: demoApp.appId, secret: demoApp.secret }
  const ask = async () => {
    const request = new Request('https://api.weixin.qq.com/cgi-bin/stable_token', {
      method: 'POST',
      body: JSON.stringify(grant),
    })
    return token(await (await emulator.fetch(request)).json())
  }
  const picture = async () => ({
    token: await ask(),
    audit: await store.auditHead(),
    apps: await store.appsVersion(),
    jobs: await store.listApps(),
    files: (await readdir(data)).sort(),
    keys: await readFile(join(data, 'keys.json'), 'utf8'),
  })
  const before = await picture()
  await examine()
  expect(await picture()).toEqual(before)
})

/** What is wrong, the one check that tells of it, its cause and its cure. */
const faults: readonly (readonly [
  what: string,
  change: (world: World) => Change | Promise<Change>,
  check: string,
  status: 'warn' | 'fail',
  words: RegExp,
])[] = [
  ['an old Node', () => ({ nodeVersion: '18.20.4' }), 'versions', 'fail', /20\.19 or later/],
  ['a Node without security updates', () => ({ nodeVersion: '20.19.0' }), 'versions', 'warn', /Upgrade to Node/],
  [
    'a variable that is misspelt',
    () => ({ env: { WEAPP_SECRT: 'hush-hush' } }),
    'config',
    'warn',
    /WEAPP_SECRT.*mean WEAPP_SECRET/s,
  ],
  [
    'a WECHAT_BASE_URL without TLS in production',
    () => ({ env: { WECHAT_BASE_URL: 'http://api.weixin.qq.com' } }),
    'config',
    'fail',
    /must be https/,
  ],
  ['a secret in clear text in the file', clearTextFile, 'config', 'warn', /operators\[0\]\.token stands in clear text/],
  [
    'an app id that WeChat does not know',
    () => ({ env: { WEAPP_APPID: 'wx00000000000000ee', WEAPP_PUSH_TOKEN: '', WEAPP_PUSH_AES_KEY: '' } }),
    'app',
    'fail',
    /40013.*gh_/s,
  ],
  ['a wrong secret', () => ({ env: { WEAPP_SECRET: '0'.repeat(32) } }), 'app', 'fail', /40125.*WeChat console/s],
  [
    'a secret that was reset',
    ({ emulator }) => {
      emulator.control.faults.next({ api: 'getStableAccessToken', fault: { errcode: 40001 } })
      return {}
    },
    'app',
    'fail',
    /40001.*apps set --secret/s,
  ],
  [
    'an address that is not on the allow list',
    ({ emulator }) => {
      emulator.control.accounts.change(demoApp.appId, { ipAllowList: ['203.0.113.7'] })
      return {}
    },
    'app',
    'fail',
    /40164.*saw is 203\.0\.113\.8\..*IP allow list, add 203\.0\.113\.8\./s,
  ],
  [
    'a frozen secret',
    ({ emulator }) => {
      emulator.control.accounts.change(demoApp.appId, { secretFrozen: true })
      return {}
    },
    'app',
    'fail',
    /40243.*Unfreeze/s,
  ],
  [
    'an address that the admin has to confirm',
    ({ emulator }) => {
      emulator.control.accounts.change(demoApp.appId, { ipConfirmation: 'asked' })
      return {}
    },
    'app',
    'fail',
    /89503.*administrator/s,
  ],
  [
    'a WeChat that is busy',
    ({ emulator }) => {
      emulator.control.faults.next({ api: 'getStableAccessToken', fault: 'busy' })
      return {}
    },
    'app',
    'warn',
    /errcode -1.*again/s,
  ],
  [
    'a quota that is used up',
    ({ emulator }) => {
      emulator.control.faults.next({ api: 'getStableAccessToken', fault: { errcode: 45009 } })
      return {}
    },
    'app',
    'warn',
    /45009/,
  ],
  ...(['html', 'http-502', 'not-json', 'empty', 'wrong-type', 'truncated'] as const).map(
    fault =>
      [
        `an answer that is not WeChat's (${fault})`,
        ({ emulator }: World) => {
          emulator.control.faults.next({ api: 'getStableAccessToken', fault })
          return {}
        },
        'app',
        'fail',
        /not WeChat.*proxy/s,
      ] as const,
  ),
  [
    'a connection that is refused',
    ({ emulator }) => {
      emulator.control.faults.next({ api: 'getStableAccessToken', fault: 'refused' })
      return {}
    },
    'app',
    'fail',
    /cannot be reached \(ECONNREFUSED\).*firewall/s,
  ],
  ['a clock that is ten seconds ahead', () => ({ aheadMs: 10_000 }), 'clock', 'warn', /10 s ahead.*NTP/s],
  ['a clock that is two minutes behind', () => ({ aheadMs: -120_000 }), 'clock', 'fail', /120 s behind.*NTP/s],
  [
    'an upgraded database',
    ({ data }) => sql(data, "INSERT INTO migration (id, name, applied_at) VALUES (9999, 'later', 1)"),
    'database',
    'fail',
    /newer version.*as new or newer/s,
  ],
  [
    'a database that waits for its upgrade',
    ({ data }) => sql(data, 'DELETE FROM migration WHERE id = (SELECT max(id) FROM migration)'),
    'database',
    'warn',
    /schema is older.*weapp-auth migrate/s,
  ],
  [
    'a file that is no database',
    async ({ data }) => {
      const DATABASE = join(data, 'other.sqlite')
      await writeFile(DATABASE, 'not a database, and longer than the head of one: '.repeat(40))
      return { env: { DATABASE } }
    },
    'database',
    'fail',
    /not a database/,
  ],
  [
    'a database of another program',
    async ({ data }) => {
      const DATABASE = join(data, 'other.sqlite')
      new Database(DATABASE).exec('CREATE TABLE note (id INTEGER)').close()
      return { env: { DATABASE } }
    },
    'database',
    'fail',
    /another program/,
  ],
  [
    'a database server that is not there',
    () => ({ env: { DATABASE: 'postgres://weapp:hush-hush@127.0.0.1:1/weapp' } }),
    'database',
    'fail',
    /cannot be reached.*firewall/s,
  ],
  [
    'keys of another database',
    async ({ data }) => {
      await writeFile(join(data, 'keys.json'), writeKeyring(generateKeyring()))
      return {}
    },
    'keys',
    'fail',
    /root key 1; 2 of 2 sampled rows do not open.*Restore/s,
  ],
  [
    'a root key that is gone while rows need it',
    async ({ data, keyring }) => {
      const { root } = generateKeyring()
      const [key] = root.keys
      if (!key) throw new Error('no key')
      const fresh = { primary: 7, keys: [{ ...key, id: 7 }] }
      await writeFile(join(data, 'keys.json'), writeKeyring({ ...keyring, root: fresh }))
      return {}
    },
    'keys',
    'fail',
    /root key 1;/,
  ],
  [
    'a key file that is damaged',
    async ({ data }) => {
      await writeFile(join(data, 'keys.json'), '{"root":')
      return {}
    },
    'keys',
    'fail',
    /damaged/,
  ],
  [
    'no key file',
    async ({ data }) => {
      await rm(join(data, 'keys.json'))
      return {}
    },
    'keys',
    'fail',
    /no key file/,
  ],
  [
    'a key file that others may read',
    async ({ data }) => {
      await chmod(join(data, 'keys.json'), 0o640)
      return {}
    },
    'keys',
    'warn',
    /chmod 600/,
  ],
  [
    'a Redis that is not there',
    () => ({ env: { REDIS_URL: 'redis://:hush-hush@127.0.0.1:1/0' } }),
    'redis',
    'fail',
    /127\.0\.0\.1:1.*ECONNREFUSED.*whether Redis runs/s,
  ],
  [
    'a push Token that the running server does not have',
    () => ({ env: { WEAPP_PUSH_TOKEN: 'AnotherToken' } }),
    'push',
    'fail',
    /another Token/,
  ],
  [
    'an EncodingAESKey that the running server does not have',
    () => ({ env: { WEAPP_PUSH_AES_KEY: 'A'.repeat(43) } }),
    'push',
    'fail',
    /Token is right.*another EncodingAESKey/,
  ],
  ['a plain push', () => ({ env: { WEAPP_PUSH_AES_KEY: '' } }), 'push', 'warn', /Plain mode.*WEAPP_PUSH_AES_KEY/s],
  [
    'a proxy that answers with its own page',
    ({ issuer }) => ({
      server: async request =>
        request.url.startsWith(`${issuer}/.well-known`)
          ? Response.json({ issuer })
          : new Response('<html></html>', { status: 403 }),
    }),
    'push',
    'fail',
    /HTTP 403/,
  ],
]

test.each(faults)('%s is told by its check alone, with its cure', async (_, change, check, status, words) => {
  const world = await createExaminedWorld()
  const { code, notWell, out } = await world.examine(await change(world))
  expect(notWell.map(one => [one.check, one.status])).toEqual([[check, status]])
  const [one] = notWell
  expect(`${one?.about ?? ''} ${one?.found.en} ${one?.fix?.en ?? ''}`).toMatch(words)
  expect(`${one?.found.zh}${one?.fix?.zh ?? ''}`).toMatch(/[\u4e00-\u9fff].*。/)
  expect(code).toBe(status === 'fail' ? 1 : 2)
  for (const secret of secrets) expect(out).not.toContain(secret)
})

test('what is wrong stands on a line of its own, with its cure in both languages below', async () => {
  const { examine } = await createExaminedWorld()
  const { text } = await examine({ env: { WEAPP_PUSH_TOKEN: 'AnotherToken' } })
  const lines = (await text()).split('\n')
  const at = lines.findIndex(line => line.startsWith('FAIL'))
  expect(lines[at]).toContain(`消息推送 message push ${demoApp.appId}: 正在运行的服务拒绝了签名`)
  expect(lines.slice(at + 1, at + 3)).toEqual([
    expect.stringMatching(/^ {6}修复：.*。$/),
    expect.stringMatching(/^ {6}fix: .*\.$/),
  ])
})

describe('the domain', () => {
  const ofDomain = async (change: Change) => {
    const { examine } = await createExaminedWorld()
    const { notWell } = await examine(change)
    return notWell
      .filter(({ check }) => check === 'domain')
      .map(({ status, found, fix }) => `${status} ${found.en} ${fix?.en}`)
  }

  test.each([
    ['http://auth.example.com', /^fail It is not https.*registered domains/],
    ['https://203.0.113.7', /^fail 203\.0\.113\.7 is no domain name.*registered/],
    ['https://[2001:db8::1]', /^fail 2001:db8::1 is no domain name/],
    ['https://localhost', /^fail localhost is no domain name/],
    ['https://auth.example.com:8443', /^fail Message push takes port 80 or 443, and this is 8443/],
  ])('%s is refused by mini programs or pushes', async (ISSUER, words) => {
    const [form] = await ofDomain({ env: { ISSUER } })
    expect(form).toMatch(words)
  })

  test('with a port, and without pushes, has to be registered with it', async () => {
    const { examine } = await createExaminedWorld()
    const env = { ISSUER: 'https://auth.example.com:8443', WEAPP_PUSH_TOKEN: '', WEAPP_PUSH_AES_KEY: '' }
    const { checks } = await examine({ env })
    expect(checks.find(({ check }) => check === 'domain')).toMatchObject({ status: 'warn', found: { en: /port 8443/ } })
  })

  test.each([
    [failing('CERT_HAS_EXPIRED'), /^fail The TLS certificate is wrong \(CERT_HAS_EXPIRED\).*chain/],
    [failing('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), /^fail The TLS certificate.*intermediates/],
    [failing('ENOTFOUND'), /^fail The name does not resolve/],
    [failing('ECONNREFUSED'), /^warn It cannot be reached from here \(ECONNREFUSED\).*not running/],
    [async () => new Response(null, { status: 301, headers: { location: 'https://b.example' } }), /^fail It redirects/],
    [async () => Response.json({ issuer: 'https://b.example' }), /^fail The weapp-auth there has another ISSUER/],
    [async () => new Response('<html></html>'), /^fail What answers is not weapp-auth \(HTTP 200\)/],
  ])('is asked who answers there (%#)', async (server, words) => {
    expect(await ofDomain({ server })).toEqual([expect.stringMatching(words)])
  })

  test('is not needed on a laptop, where serve runs the emulator', async () => {
    const { examine } = await createExaminedWorld()
    const { code, notWell } = await examine({ env: { NODE_ENV: '', ISSUER: '' } })
    expect(notWell.map(({ check, status }) => `${check} ${status}`)).toEqual(['domain warn', 'push warn'])
    expect(code).toBe(2)
  })
})

test.each([
  ['WEAPP_SECRET', 'hush-hush', /^WEAPP_SECRET must be the 32/],
  ['PORT', '99999', /PORT must be a whole number/],
  ['DATABASE', 'oracle://weapp:hush-hush@db/weapp', /^DATABASE must be a file path/],
])('a mistake in %s is named, and nothing else is examined', async (name, value, words) => {
  const { examine } = await createExaminedWorld()
  const { code, checks, out } = await examine({ env: { [name]: value } })
  expect(checks.at(-1)).toMatchObject({ check: 'config', status: 'fail', found: { en: expect.stringMatching(words) } })
  expect(checks.map(({ check }) => check)).toEqual(['versions', 'versions', 'config'])
  expect(code).toBe(1)
  expect(out).not.toContain('hush-hush')
})

test('a mistake in the file is named by field and line', async () => {
  const { data, examine } = await createExaminedWorld()
  const path = join(data, 'weapp.yaml')
  await writeFile(path, 'issuer: https://auth.example.com\nport: many\n')
  const { checks } = await examine({ args: ['--config', path] })
  expect(checks.at(-1)?.found.en).toMatch(/line 2: "port" must be a whole number/)
})

test('packages of several versions are told by name', () => {
  const versions = { 'weapp-auth': '0.1.0', '@weapp-auth/server': '0.2.0', '@weapp-auth/wechat': '0.1.0' }
  expect(checkPackages(versions)).toMatchObject({
    status: 'fail',
    found: { en: expect.stringContaining('@weapp-auth/server 0.2.0') },
  })
})

async function clearTextFile({ data }: World): Promise<Change> {
  const path = join(data, 'weapp.yaml')
  await writeFile(path, `operators: [{ name: ops, token: ${'hush-hush'.repeat(5)}, role: viewer }]\n`)
  return { args: ['--config', path] }
}

/** As somebody who has the file, while the server does. */
function sql(data: string, text: string): Change {
  new Database(join(data, 'weapp-auth.sqlite')).exec(text).close()
  return {}
}
