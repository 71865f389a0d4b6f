import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { readConfigFile } from './read-config-file.ts'

const secret = 'c0ffee00c0ffee00c0ffee00c0ffee00'

async function read(text: string, env: Readonly<Record<string, string>> = {}) {
  const path = join(await temporaryFolder(), 'weapp-auth.yaml')
  await writeFile(path, text)
  return readConfigFile(path, env)
}

test('holds apps, policies, secrets by reference, and what variables can say', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'tea'), `${secret}\n`)
  const file = await read(
    `
issuer: https://auth.example.com
port: 9000
trustProxy: 1
sms: { provider: tencent, keyId: id, keySecret: env:SMS, signName: 示例, template: '1234567', sdkAppId: '14000' }
metrics: { token: env:METRICS }
limits: { perUser: off }
backends:
  - { id: orders, secret: env:ORDERS, wechatAccessToken: [wx0000000000000001] }
operators: [{ name: lin, token: env:LIN, role: support }]
avatars: { folder: ${folder}, maxBytes: 4096 }
apps:
  - appId: wx0000000000000001
    secret: env:COFFEE
    name: Coffee
    openData: enforce
    legacy: { formats: ['003b'] }
  - appId: wx0000000000000002
    secret: file:${join(folder, 'tea')}
    sms: on
    consentVersion: v2
    phoneBudget: 1000
`,
    { SMS: 'sms-secret', METRICS: 'm'.repeat(24), ORDERS: 'o'.repeat(24), LIN: 'l'.repeat(32), COFFEE: secret },
  )
  expect(file.variables).toEqual({
    ISSUER: 'https://auth.example.com',
    PORT: '9000',
    TRUST_PROXY: '1',
    SMS_PROVIDER: 'tencent',
    SMS_KEY_ID: 'id',
    SMS_KEY_SECRET: 'sms-secret',
    SMS_SIGN_NAME: '示例',
    SMS_TEMPLATE: '1234567',
    SMS_SDK_APP_ID: '14000',
    METRICS_TOKEN: 'm'.repeat(24),
  })
  expect(file.apps).toEqual([
    { appId: 'wx0000000000000001', secret, name: 'Coffee', openData: 'enforce', legacy: { formats: ['003b'] } },
    { appId: 'wx0000000000000002', secret, sms: 'on', consentVersion: 'v2', phoneBudget: 1000 },
  ])
  expect(file.backends).toMatchObject([{ id: 'orders', secret: 'o'.repeat(24) }])
  expect(file.operators).toEqual([{ name: 'lin', token: 'l'.repeat(32), role: 'support' }])
  expect(file.limits.perUser).toBe('off')
  expect(file.avatars).toMatchObject({ maxBytes: 4096 })
  expect(file.warnings).toEqual([])
})

test('a URL with a password is a secret too', async () => {
  const { warnings, variables } = await read('redis: redis://:hunter2@127.0.0.1:6379/1')
  expect(variables).toMatchObject({ REDIS_URL: 'redis://:hunter2@127.0.0.1:6379/1' })
  expect(warnings.join()).toContain('redis')
  expect(warnings.join()).not.toContain('hunter2')
  expect((await read('redis: redis://127.0.0.1')).warnings).toEqual([])
})

test('warns of a secret in clear text, by the name of its field', async () => {
  const { warnings } = await read(`apps: [{ appId: wx1, secret: ${secret} }]`)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('apps[0].secret')
  expect(warnings[0]).not.toContain(secret)
})

test.each([
  [2, '"apps[0].openData" must be one of', `apps:\n  - { appId: wx1, secret: ${secret}, openData: maybe }`],
  [3, '"apps[0].nmae" must not be there', `apps:\n  - appId: wx1\n    nmae: Tea\n    secret: ${secret}`],
  [
    1,
    '"apps[1].appId" must be given once',
    `apps: [{ appId: wx1, secret: ${secret} }, { appId: wx1, secret: ${secret} }]`,
  ],
  [2, '"apps[0].secret" must be', 'apps:\n  - { appId: wx1, secret: short }'],
  [2, '"apps[0].component" must be the app id of one', 'apps:\n  - { appId: wx1, component: wx2 }'],
  [1, '"components" must be a list', 'components: {}'],
  [2, '"components[0].secret" must be', 'components:\n  - { appId: wx2, secret: short }'],
  [2, '"components[0].push" must be', 'components:\n  - { appId: wx2, secret: c0ffee0123 }'],
  [
    3,
    '"components[0].push.token" must be',
    'components:\n  - appId: wx2\n    push: { token: "" }\n    secret: c0ffee0123',
  ],
  [2, '"components[0].colour" must not', 'components:\n  - { appId: wx2, secret: c0ffee0123, colour: blue }'],
  [2, 'the variable NOWHERE that is named here is not there', 'apps:\n  - { appId: wx1, secret: env:NOWHERE }'],
  [
    2,
    'the file /nowhere/secret that is named here is not there',
    'apps:\n  - { appId: wx1, secret: file:/nowhere/secret }',
  ],
  [1, '"apps" must be a list', 'apps: none'],
  [2, '"port" must be a whole number from 0 to 65535', 'issuer: https://a.example.com\nport: many'],
  [1, '"sms" must be an object', 'sms: tencent'],
  [2, '"sms.provider" must be one of', 'sms:\n  provider: pigeon'],
  [1, '"limits.perMoon" must not be there', 'limits: { perMoon: off }'],
  [1, '"backends[0].secret" must be 24', 'backends: [{ id: a, secret: short }]'],
  [2, '"operators[0].role" must be one of', `operators:\n  - { name: lin, token: ${'l'.repeat(32)}, role: king }`],
  [1, '"avatars" must have either folder or bucket', 'avatars: {}'],
  [2, '"avatars.region" must be', 'avatars:\n  bucket: https://b.example.com'],
  [2, '"colour": there is no such field', 'issuer: https://a.example.com\ncolour: blue'],
  [1, '"metrics.colour": there is no such field', 'metrics: { colour: blue }'],
  [2, 'is not correct YAML', 'apps: [\n}'],
])('line %i is named: %s', async (line, text, yaml) => {
  const fault = await read(yaml).catch(error => error)
  expect(fault).toMatchObject({ code: 65 })
  expect(fault.sentence.en).toContain(text)
  expect(fault.sentence.en).toContain(`line ${line}`)
  expect(fault.sentence.zh).toContain(`第 ${line} 行`)
  expect(fault.sentence.en).not.toContain(secret)
})

test.each([
  ['an escape that is none', 'secret: "\\q0ffee"', 10],
  ['a star', 'secret: *c0ffee', 9],
  ['a reserved character', 'secret: @c0ffee', 9],
  ['text behind a closed quote', 'secret: "c" c0ffee', 13],
])(
  'a mistake in the syntax is told by line and column, without the text that stands there: %s',
  async (_, yaml, at) => {
    const fault = await read(`issuer: https://a.example.com\n${yaml}\n`).catch(error => error)
    expect(fault).toMatchObject({ code: 65, cause: undefined })
    expect(fault.sentence.en).toMatch(new RegExp(`at line 2, column ${at} \\([A-Z_]+\\)\\.$`))
    expect(fault.sentence.zh).toContain(`第 2 行第 ${at} 列`)
    expect(JSON.stringify(fault.sentence)).not.toMatch(/0ffee|\\q/)
  },
)
