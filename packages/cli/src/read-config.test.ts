import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CliFault } from './cli-fault.ts'
import { type ConfigFlags, describePath, type Environment, readConfig } from './read-config.ts'

const secret = '0123456789abcdef0123456789abcdef'
const app = { WEAPP_APPID: 'wx1234567890abcdef', WEAPP_SECRET: secret }

function faultOf(env: Environment, flags: ConfigFlags = {}): CliFault {
  try {
    readConfig(env, flags)
  } catch (error) {
    return error as CliFault
  }
  throw new Error('the configuration was accepted')
}

test('nothing needs to be configured', () => {
  expect(readConfig({})).toEqual({
    console: true,
    production: false,
    host: '127.0.0.1',
    port: 8787,
    emulatorPort: 8788,
    data: '.weapp-auth',
    database: { kind: 'sqlite', path: join('.weapp-auth', 'weapp-auth.sqlite') },
    keys: join('.weapp-auth', 'keys.json'),
    issuer: null,
    redis: null,
    app: null,
    openData: 'off',
    phoneConflict: 'keep-both',
    sendOpenId: true,
    legacy: null,
    sms: null,
    push: null,
    phoneBudget: null,
    phoneCoolDownMs: null,
    mergeUndoMs: null,
    drainMs: 5000,
    maxUnderWay: null,
    trustProxy: 0,
    wechatBaseUrl: null,
    logLevel: null,
    metricsToken: null,
    operatorToken: null,
    phonePrice: null,
    trace: 'on',
  })
})

test('everything can be configured by environment', () => {
  const env = {
    ...app,
    NODE_ENV: 'production',
    WEAPP_APP_NAME: ' Tea ',
    WEAPP_OPEN_DATA: 'enforce',
    WEAPP_PHONE_CONFLICT: 'reject',
    WEAPP_SEND_OPENID: 'false',
    WEAPP_LEGACY: '001, 003b',
    WEAPP_PUSH_TOKEN: 'AAAAA',
    WEAPP_PUSH_AES_KEY: 'A'.repeat(43),
    WEAPP_PHONE_BUDGET: '1000',
    WEAPP_PHONE_COOL_DOWN_DAYS: '90',
    WEAPP_MERGE_UNDO_DAYS: '1',
    SMS_PROVIDER: 'tencent',
    SMS_KEY_ID: 'AKIDexample',
    SMS_KEY_SECRET: 'secret',
    SMS_SIGN_NAME: '示例',
    SMS_TEMPLATE: '1234567',
    SMS_SDK_APP_ID: '1400006666',
    WEAPP_MAX_UNDER_WAY: '500',
    TRUST_PROXY: '1',
    DRAIN_SECONDS: '0',
    WEAPP_DATA: '/var/lib/weapp',
    DATABASE: '/data/users.sqlite',
    REDIS_URL: 'rediss://:hunter2@redis.example.com:6380/2',
    KEYS: '/run/secrets/keys.json',
    HOST: '0.0.0.0',
    PORT: '80',
    EMULATOR_PORT: '0',
    ISSUER: 'https://auth.example.com/',
    WECHAT_BASE_URL: 'https://proxy.example.com/wechat',
    LOG_LEVEL: 'warn',
    METRICS_TOKEN: 'metrics-token-of-the-test',
    OPERATOR_TOKEN: 'operator-token-of-the-test-0123456789',
    WEAPP_PHONE_PRICE: '0.04',
    WEAPP_TRACE: 'failures',
    WEAPP_CONSOLE: 'off',
  }
  expect(readConfig(env)).toEqual({
    console: false,
    production: true,
    host: '0.0.0.0',
    port: 80,
    emulatorPort: 0,
    data: '/var/lib/weapp',
    database: { kind: 'sqlite', path: '/data/users.sqlite' },
    redis: 'rediss://:hunter2@redis.example.com:6380/2',
    keys: '/run/secrets/keys.json',
    issuer: 'https://auth.example.com',
    app: { appId: 'wx1234567890abcdef', secret, name: 'Tea' },
    openData: 'enforce',
    phoneConflict: 'reject',
    sendOpenId: false,
    legacy: { formats: ['001', '003b'] },
    sms: {
      provider: 'tencent',
      keyId: 'AKIDexample',
      keySecret: 'secret',
      signName: '示例',
      template: '1234567',
      sdkAppId: '1400006666',
    },
    push: { token: 'AAAAA', encodingAesKey: 'A'.repeat(43) },
    phoneBudget: 1000,
    phoneCoolDownMs: 90 * 24 * 3_600_000,
    mergeUndoMs: 24 * 3_600_000,
    drainMs: 0,
    maxUnderWay: 500,
    trustProxy: 1,
    wechatBaseUrl: 'https://proxy.example.com/wechat',
    logLevel: 'warn',
    metricsToken: 'metrics-token-of-the-test',
    operatorToken: 'operator-token-of-the-test-0123456789',
    phonePrice: 0.04,
    trace: 'failures',
  })
})

test('a flag wins over the environment', () => {
  const env = { PORT: '1', EMULATOR_PORT: '2', HOST: '::1', WEAPP_DATA: 'env' }
  const flags = { port: '3', 'emulator-port': '4', host: '127.0.0.2', data: 'flag' }
  expect(readConfig(env, flags)).toMatchObject({ port: 3, emulatorPort: 4, host: '127.0.0.2', data: 'flag' })
})

test('an empty variable counts as not set', () => {
  expect(readConfig({ WEAPP_APPID: '', WEAPP_SECRET: ' ', PORT: '', ISSUER: '' })).toEqual(readConfig({}))
})

test.each([
  ['WEAPP_PUSH_TOKEN', { WEAPP_PUSH_TOKEN: 'a secret' }],
  ['WEAPP_PUSH_TOKEN', { WEAPP_PUSH_AES_KEY: 'A'.repeat(43) }],
  ['WEAPP_PUSH_AES_KEY', { WEAPP_PUSH_TOKEN: 'AAAAA', WEAPP_PUSH_AES_KEY: 'a secret' }],
  ['METRICS_TOKEN', { METRICS_TOKEN: 'short' }],
  ['OPERATOR_TOKEN', { OPERATOR_TOKEN: 'o'.repeat(31) }],
  ['WEAPP_PHONE_PRICE', { WEAPP_PHONE_PRICE: '0,03' }],
  ['WEAPP_TRACE', { WEAPP_TRACE: 'all' }],
  ['PORT', { PORT: 'http' }],
  ['PORT', { PORT: '65536' }],
  ['PORT', { PORT: '-1' }],
  ['EMULATOR_PORT', { EMULATOR_PORT: '8788.5' }],
  ['ISSUER', { ISSUER: 'auth.example.com' }],
  ['ISSUER', { ISSUER: 'https://auth.example.com/?a=b' }],
  ['WECHAT_BASE_URL', { WECHAT_BASE_URL: 'file:///etc/passwd' }],
  ['WEAPP_APPID', { ...app, WEAPP_APPID: 'wx123' }],
  ['WEAPP_APPID', { WEAPP_SECRET: secret }],
  ['WEAPP_SECRET', { WEAPP_APPID: 'wx1234567890abcdef' }],
  ['WEAPP_SECRET', { ...app, WEAPP_SECRET: `${secret}f` }],
  ['WEAPP_OPEN_DATA', { WEAPP_OPEN_DATA: 'unchecked' }],
  ['WEAPP_PHONE_CONFLICT', { WEAPP_PHONE_CONFLICT: 'steal' }],
  ['WEAPP_SEND_OPENID', { WEAPP_SEND_OPENID: 'no' }],
  ['SMS_PROVIDER', { SMS_PROVIDER: 'pigeon' }],
  ['WEAPP_PHONE_BUDGET', { WEAPP_PHONE_BUDGET: '-1' }],
  ['TRUST_PROXY', { TRUST_PROXY: 'true' }],
  ['TRUST_PROXY', { TRUST_PROXY: '11' }],
  ['WEAPP_MAX_UNDER_WAY', { WEAPP_MAX_UNDER_WAY: '15' }],
  ['DRAIN_SECONDS', { DRAIN_SECONDS: '2.5' }],
  ['DRAIN_SECONDS', { DRAIN_SECONDS: '301' }],
  ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
])('a wrong %s is named in both languages: %j', (name, env) => {
  const { code, sentence } = faultOf(env)
  expect(code).toBe(78)
  expect(sentence.zh).toContain(`${name} 应当`)
  expect(sentence.en).toContain(`${name} must be`)
})

test('a wrong flag is named', () => {
  expect(faultOf({}, { port: 'x' }).sentence.en).toBe('--port / PORT must be a whole number from 0 to 65535, not "x".')
})

test('a wrong secret or a password in a URL is not repeated', () => {
  for (const env of [
    { ...app, WEAPP_SECRET: 'canary-secret' },
    { ISSUER: 'https://user:canary-secret@example.com' },
    { WECHAT_BASE_URL: 'http://h/?secret=canary-secret' },
  ]) {
    const fault = faultOf(env)
    expect(`${fault.stack}${JSON.stringify(fault)}${fault.sentence.zh}`).not.toContain('canary-secret')
  }
})

test('a path is shown so that it can be found', () => {
  expect([describePath('/var/a'), describePath('a/b'), describePath('../a'), describePath('.weapp-auth')]).toEqual([
    '/var/a',
    './a/b',
    '../a',
    './.weapp-auth',
  ])
})

test.each([
  'redis://',
  'redis.example.com:6379',
  'http://:hunter2@redis.example.com',
  'redis://:hunter2@redis.example.com/users',
  'redis://:hunter2@redis.example.com/0?db=1',
])('a wrong REDIS_URL is refused, and its password is not repeated: %s', text => {
  const { code, sentence } = faultOf({ REDIS_URL: text })
  expect(code).toBe(78)
  for (const words of Object.values(sentence)) {
    expect(words).toContain('REDIS_URL')
    expect(words).not.toMatch(/hunter2|redis\.example/)
  }
})
