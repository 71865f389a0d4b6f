/**
 * Messages through Tencent Cloud SMS (腾讯云短信) on its official SDK. Install `tencentcloud-sdk-nodejs-sms` beside the
 * server.
 *
 * @module
 */
import { sms } from 'tencentcloud-sdk-nodejs-sms'
import type { SmsOutcome, SmsProvider } from '../ports/sms-provider.ts'
import { checkText } from './check-text.ts'
import { failureOf } from './failure-of.ts'

export interface TencentSmsOptions {
  readonly secretId: string
  readonly secretKey: string
  /** SdkAppId of the SMS console, such as `1400006666`. */
  readonly sdkAppId: string
  /** The approved signature, its text and not its number. */
  readonly signName: string
  /** The approved template. Its first variable is the code. */
  readonly templateId: string
  /** True for templates whose second variable is the minutes until the code expires. Default false. */
  readonly withMinutes?: boolean
  /** Default `ap-guangzhou`. */
  readonly region?: string
  /** How long to wait for an answer, 1 to 60. Default 8. */
  readonly timeoutSeconds?: number
  /** Where the API is asked, such as `http://127.0.0.1:8080` in a test. Default: the SDK's. */
  readonly baseUrl?: string
}

/**
 * @throws TypeError `"secretId" must be …` and the like.
 *
 * @example
 * const sms = createTencentSms({
 *   secretId: 'AKID…',
 *   secretKey: '…',
 *   sdkAppId: '1400006666',
 *   signName: '示例',
 *   templateId: '1234567',
 * })
 */
export function createTencentSms(options: TencentSmsOptions): SmsProvider {
  const { secretId, secretKey, sdkAppId, signName, templateId } = checkText(options, [
    'secretId',
    'secretKey',
    'sdkAppId',
    'signName',
    'templateId',
  ])
  const { withMinutes = false, region = 'ap-guangzhou', timeoutSeconds = 8, baseUrl } = options
  const api = baseUrl === undefined ? null : new URL(baseUrl)
  const client = new sms.v20210111.Client({
    credential: { secretId, secretKey },
    region,
    profile: {
      httpProfile: {
        reqTimeout: timeoutSeconds,
        ...(api && { endpoint: api.host, protocol: `${api.protocol}//` }),
      },
    },
  })
  return {
    name: 'tencent',
    async send({ number, code, minutes }) {
      try {
        const answer = await client.SendSms({
          PhoneNumberSet: [number],
          SmsSdkAppId: sdkAppId,
          SignName: signName,
          TemplateId: templateId,
          TemplateParamSet: withMinutes ? [code, String(minutes)] : [code],
        })
        const status = answer.SendStatusSet?.[0]
        if (status?.Code === 'Ok') return { status: 'sent', ...(status.SerialNo && { messageId: status.SerialNo }) }
        return outcomeOf(status?.Code ?? 'no status')
      } catch (error) {
        return failureOf(error, outcomeOf)
      }
    },
  }
}

/** The error codes of SendSms ("API 3.0 发送错误码", cloud.tencent.com/document/product/382/59177). */
function outcomeOf(reason: string): SmsOutcome {
  if (/IncorrectPhoneNumber|PhoneNumber[IO]nBlacklist/.test(reason)) return { status: 'number-refused', reason }
  if (/^LimitExceeded\.(PhoneNumber|DeliveryFrequency)/.test(reason)) return { status: 'number-limited', reason }
  if (/^(InternalError|RequestLimitExceeded|ResourceUnavailable)/.test(reason)) return { status: 'unavailable', reason }
  return { status: 'refused', reason }
}
