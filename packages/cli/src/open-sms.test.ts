import { expect, test } from 'vitest'
import { openSms, type SmsConfig } from './open-sms.ts'

const complete: SmsConfig = {
  provider: 'tencent',
  keyId: 'AKIDexample',
  keySecret: 'canary-secret',
  signName: '示例',
  template: '1234567',
  sdkAppId: '1400006666',
}

const development = { production: false, print: () => undefined }

test('the named provider is opened', async () => {
  expect((await openSms(complete, development)).name).toBe('tencent')
  expect((await openSms({ ...complete, provider: 'aliyun', sdkAppId: '' }, development)).name).toBe('aliyun')
  expect((await openSms({ ...complete, provider: 'print', keyId: '' }, development)).name).toBe('printing')
})

test('codes are not printed in production', async () => {
  const opened = openSms({ ...complete, provider: 'print' }, { ...development, production: true })
  await expect(opened).rejects.toMatchObject({ exit: 'config', sentence: { en: expect.stringContaining('refused') } })
})

test.each([
  ['tencent', 'keyId', 'SMS_KEY_ID'],
  ['tencent', 'sdkAppId', 'SMS_SDK_APP_ID'],
  ['tencent', 'template', 'SMS_TEMPLATE'],
  ['aliyun', 'keySecret', 'SMS_KEY_SECRET'],
  ['aliyun', 'signName', 'SMS_SIGN_NAME'],
] as const)('%s without %s: the variable is named, and no secret', async (provider, field, name) => {
  const fault = await openSms({ ...complete, provider, [field]: '' }, development).catch(error => error)
  expect(fault).toMatchObject({
    name: 'CliFault',
    exit: 'config',
    sentence: { en: `SMS_PROVIDER=${provider} needs ${name}.` },
  })
  expect(fault.sentence.zh).toContain(name)
  expect(fault.stack).not.toContain('canary-secret')
})
