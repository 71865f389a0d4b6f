import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { message, openSmsStub } from '../../test/sms-stub.ts'
import { createTencentSms, type TencentSmsOptions } from './tencent.ts'

const account = {
  secretId: 'AKIDexample',
  secretKey: 'the-secret-key',
  sdkAppId: '1400006666',
  signName: '示例',
  templateId: '1234567',
}

/** The answer of SendSms, for one number. */
function statusOf(Code: string): object {
  const status = {
    SerialNo: Code === 'Ok' ? '2028:f825e6' : '',
    PhoneNumber: '+8613800138000',
    Fee: 1,
    Code,
    Message: '',
  }
  return { Response: { SendStatusSet: [status], RequestId: 'a0aabda6' } }
}

describe('the adapter of Tencent Cloud', () => {
  let stub: Awaited<ReturnType<typeof openSmsStub>>
  beforeEach(async () => {
    stub = await openSmsStub()
  })
  afterEach(() => stub.close())
  const open = (more: Partial<TencentSmsOptions> = {}) =>
    createTencentSms({ ...account, baseUrl: stub.baseUrl, ...more })

  it('asks SendSms of version 2021-01-11, signed, and never sends the secret', async () => {
    stub.answerNext({ body: statusOf('Ok') })
    expect(await open().send(message)).toEqual({ status: 'sent', messageId: '2028:f825e6' })
    const [request] = stub.requests
    expect(request?.method).toBe('POST')
    expect(request?.headers).toMatchObject({
      'x-tc-action': 'SendSms',
      'x-tc-version': '2021-01-11',
      'x-tc-region': 'ap-guangzhou',
      authorization: expect.stringMatching(/^TC3-HMAC-SHA256 Credential=AKIDexample\//),
    })
    expect(JSON.parse(request?.body ?? '')).toEqual({
      PhoneNumberSet: ['+8613800138000'],
      SmsSdkAppId: '1400006666',
      SignName: '示例',
      TemplateId: '1234567',
      TemplateParamSet: ['123456'],
    })
    expect(JSON.stringify(request)).not.toContain('the-secret-key')
  })

  it('fills in the minutes of templates that tell them', async () => {
    stub.answerNext({ body: statusOf('Ok') })
    await open({ withMinutes: true }).send(message)
    expect(JSON.parse(stub.requests[0]?.body ?? '').TemplateParamSet).toEqual(['123456', '5'])
  })

  it.each([
    ['InvalidParameterValue.IncorrectPhoneNumber', 'number-refused'],
    ['FailedOperation.PhoneNumberInBlacklist', 'number-refused'],
    ['LimitExceeded.PhoneNumberThirtySecondLimit', 'number-limited'],
    ['LimitExceeded.PhoneNumberDailyLimit', 'number-limited'],
    ['LimitExceeded.AppDailyLimit', 'refused'],
    ['FailedOperation.InsufficientBalanceInSmsPackage', 'refused'],
    ['FailedOperation.TemplateIncorrectOrUnapproved', 'refused'],
    ['InternalError.SendAndRecvFail', 'unavailable'],
  ])('reads the status %s as %s', async (code, status) => {
    stub.answerNext({ body: statusOf(code) })
    expect(await open().send(message)).toEqual({ status, reason: code })
  })

  it.each([
    ['AuthFailure.SecretIdNotFound', 'refused'],
    ['UnauthorizedOperation.SdkAppIdIsDisabled', 'refused'],
    ['RequestLimitExceeded', 'unavailable'],
  ])('reads the error %s as %s', async (Code, status) => {
    stub.answerNext({ body: { Response: { Error: { Code, Message: 'for +8613800138000' }, RequestId: 'x' } } })
    expect(await open().send(message)).toEqual({ status, reason: Code })
  })

  it('does not know what came of it when the connection breaks or a gateway answers', async () => {
    stub.answerNext('hang up')
    stub.answerNext({ status: 502, body: {} })
    const sms = open()
    for (let turn = 0; turn < 2; turn += 1)
      expect(await sms.send(message)).toEqual({ status: 'unknown', reason: 'no answer' })
    expect(stub.requests).toHaveLength(2)
  })

  it('knows that nothing was sent when nobody listens', async () => {
    await stub.close()
    expect(await open().send(message)).toEqual({ status: 'unavailable', reason: 'ECONNREFUSED' })
  })

  it('says which option is missing', () => {
    expect(() => open({ secretKey: '' })).toThrow(new TypeError('"secretKey" must be text that is not empty'))
  })
})
