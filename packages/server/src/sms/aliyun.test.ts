import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { message, openSmsStub } from '../../test/sms-stub.ts'
import { type AliyunSmsOptions, createAliyunSms } from './aliyun.ts'

const account = {
  accessKeyId: 'LTAIexample',
  accessKeySecret: 'the-secret-key',
  signName: '示例',
  templateCode: 'SMS_123456789',
}

function answerOf(Code: string): object {
  return { Code, Message: Code, RequestId: '873043ac', ...(Code === 'OK' ? { BizId: '9006197469364984^0' } : {}) }
}

describe('the adapter of Alibaba Cloud', () => {
  let stub: Awaited<ReturnType<typeof openSmsStub>>
  beforeEach(async () => {
    stub = await openSmsStub()
  })
  afterEach(() => stub.close())
  const open = (more: Partial<AliyunSmsOptions> = {}) => createAliyunSms({ ...account, baseUrl: stub.baseUrl, ...more })

  it('asks SendSms of version 2017-05-25, signed, and never sends the secret', async () => {
    stub.answerNext({ body: answerOf('OK') })
    expect(await open().send(message)).toEqual({ status: 'sent', messageId: '9006197469364984^0' })
    const [request] = stub.requests
    expect(request?.method).toBe('POST')
    expect(request?.headers).toMatchObject({
      'x-acs-action': 'SendSms',
      'x-acs-version': '2017-05-25',
      authorization: expect.stringMatching(/^ACS3-HMAC-SHA256 Credential=LTAIexample,/),
    })
    expect(Object.fromEntries(request?.url.searchParams ?? [])).toEqual({
      PhoneNumbers: '13800138000',
      SignName: '示例',
      TemplateCode: 'SMS_123456789',
      TemplateParam: '{"code":"123456"}',
    })
    expect(JSON.stringify({ ...request, url: String(request?.url) })).not.toContain('the-secret-key')
  })

  it('writes numbers abroad with their country code, and names the variables as the template does', async () => {
    stub.answerNext({ body: answerOf('OK') })
    await open({ codeVariable: 'yzm', minutesVariable: 'minutes' }).send({ ...message, number: '+85251234567' })
    const query = stub.requests[0]?.url.searchParams
    expect(query?.get('PhoneNumbers')).toBe('85251234567')
    expect(query?.get('TemplateParam')).toBe('{"yzm":"123456","minutes":"5"}')
  })

  it.each([
    ['isv.MOBILE_NUMBER_ILLEGAL', 'number-refused'],
    ['isv.BUSINESS_LIMIT_CONTROL', 'number-limited'],
    ['isv.DAY_LIMIT_CONTROL', 'refused'],
    ['isv.AMOUNT_NOT_ENOUGH', 'refused'],
    ['isv.SMS_SIGNATURE_ILLEGAL', 'refused'],
    ['isp.SYSTEM_ERROR', 'unavailable'],
  ])('reads the code %s as %s', async (code, status) => {
    stub.answerNext({ body: answerOf(code) })
    expect(await open().send(message)).toEqual({ status, reason: code })
  })

  it.each([
    [403, 'SignatureDoesNotMatch', 'refused'],
    [404, 'InvalidAccessKeyId.NotFound', 'refused'],
    [400, 'Throttling.User', 'unavailable'],
    [503, 'ServiceUnavailable', 'unavailable'],
  ])('reads the error %i %s as %s', async (status, Code, outcome) => {
    stub.answerNext({ status, body: { Code, Message: 'for 13800138000', RequestId: 'x' } })
    expect(await open().send(message)).toEqual({ status: outcome, reason: Code })
  })

  it('does not know what came of it when the connection breaks or no answer comes, and never asks twice', async () => {
    stub.answerNext('hang up')
    stub.answerNext('silence')
    expect(await open().send(message)).toEqual({ status: 'unknown', reason: 'no answer' })
    expect(await open({ timeoutSeconds: 0.2 }).send(message)).toEqual({ status: 'unknown', reason: 'no answer' })
    expect(stub.requests).toHaveLength(2)
  })

  it('knows that nothing was sent when nobody listens', async () => {
    await stub.close()
    expect(await open().send(message)).toEqual({ status: 'unavailable', reason: 'ECONNREFUSED' })
  })

  it('says which option is missing', () => {
    expect(() => open({ signName: '' })).toThrow(new TypeError('"signName" must be text that is not empty'))
  })
})
