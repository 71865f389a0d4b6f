/**
 * Messages through Alibaba Cloud SMS (阿里云短信服务) on its official SDK. Install `@alicloud/dysmsapi20170525` beside the
 * server.
 *
 * @module
 */
import dysmsapi, { SendSmsRequest } from '@alicloud/dysmsapi20170525'
import type { SmsOutcome, SmsProvider } from '../ports/sms-provider.ts'
import { checkText } from './check-text.ts'
import { failureOf } from './failure-of.ts'

export interface AliyunSmsOptions {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** The approved signature. */
  readonly signName: string
  /** The approved template, such as `SMS_123456789`. */
  readonly templateCode: string
  /** The template's variable for the code. Default `code`. */
  readonly codeVariable?: string
  /** The template's variable for the minutes until the code expires. Default: it has none. */
  readonly minutesVariable?: string
  /** How long to wait for an answer, 1 to 60. Default 8. */
  readonly timeoutSeconds?: number
  /** Where the API is asked, such as `http://127.0.0.1:8080` in a test. Default `https://dysmsapi.aliyuncs.com`. */
  readonly baseUrl?: string
}

/**
 * @throws TypeError `"accessKeyId" must be …` and the like.
 *
 * @example
 * const sms = createAliyunSms({
 *   accessKeyId: 'LTAI…',
 *   accessKeySecret: '…',
 *   signName: '示例',
 *   templateCode: 'SMS_123456789',
 * })
 */
export function createAliyunSms(options: AliyunSmsOptions): SmsProvider {
  const { accessKeyId, accessKeySecret, signName, templateCode } = checkText(options, [
    'accessKeyId',
    'accessKeySecret',
    'signName',
    'templateCode',
  ])
  const { codeVariable = 'code', minutesVariable, timeoutSeconds = 8, baseUrl } = options
  const api = new URL(baseUrl ?? 'https://dysmsapi.aliyuncs.com')
  const client = new Client(
    configOf({
      accessKeyId,
      accessKeySecret,
      endpoint: api.host,
      protocol: api.protocol.slice(0, -1),
      readTimeout: timeoutSeconds * 1000,
      connectTimeout: timeoutSeconds * 1000,
    }),
  )
  return {
    name: 'aliyun',
    async send({ number, code, minutes }) {
      const variables = { [codeVariable]: code, ...(minutesVariable && { [minutesVariable]: String(minutes) }) }
      const request = new SendSmsRequest({
        // At home without the country code, abroad with it and without the plus sign.
        phoneNumbers: number.replace(/^\+86/, '').replace('+', ''),
        signName,
        templateCode,
        templateParam: JSON.stringify(variables),
      })
      try {
        const { body } = await client.sendSms(request)
        if (body?.code === 'OK') return { status: 'sent', ...(body.bizId && { messageId: body.bizId }) }
        return outcomeOf(body?.code ?? 'no code')
      } catch (error) {
        return failureOf(error, outcomeOf)
      }
    },
  }
}

/** Node hands over the whole CommonJS module, bundlers only its default export. */
const Client = 'default' in dysmsapi ? dysmsapi.default : dysmsapi
type Config = ConstructorParameters<typeof dysmsapi.default>[0]

/** The SDK reads fields only; its class for them lives in a package that users would have to install as well. */
function configOf(fields: Partial<Config>): Config {
  return fields as Config
}

/** The error codes of SendSms ("API 错误码", help.aliyun.com/zh/sms/developer-reference/api-error-codes). */
function outcomeOf(reason: string): SmsOutcome {
  if (/^isv\.MOBILE_NUMBER_ILLEGAL$/.test(reason)) return { status: 'number-refused', reason }
  if (/^isv\.BUSINESS_LIMIT_CONTROL$/.test(reason)) return { status: 'number-limited', reason }
  if (/^(isp\.(SYSTEM|GATEWAY)_ERROR|Throttling|ServiceUnavailable)/.test(reason))
    return { status: 'unavailable', reason }
  return { status: 'refused', reason }
}
