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
  const client = new Client({
    accessKeyId,
    accessKeySecret,
    endpoint: api.host,
    protocol: api.protocol.slice(0, -1),
    readTimeout: timeoutSeconds * 1000,
    connectTimeout: timeoutSeconds * 1000,
  })
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

interface Config {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly endpoint: string
  readonly protocol: string
  readonly readTimeout: number
  readonly connectTimeout: number
}

interface SmsClient {
  sendSms(request: SendSmsRequest): Promise<{ readonly body?: { readonly code?: string; readonly bizId?: string } }>
}

const Client = clientOf(dysmsapi)

/** Node hands over the whole CommonJS module, bundlers only its default export; their compilers type it accordingly. */
function clientOf(sdk: unknown): new (config: Config) => SmsClient {
  const found = [sdk, (sdk as { readonly default?: unknown } | undefined)?.default].find(isClient)
  if (!found) throw new TypeError('"@alicloud/dysmsapi20170525" must export its client by default')
  return found
}

function isClient(value: unknown): value is new (config: Config) => SmsClient {
  return typeof value === 'function'
}

/** The error codes of SendSms ("API 错误码", help.aliyun.com/zh/sms/developer-reference/api-error-codes). */
function outcomeOf(reason: string): SmsOutcome {
  if (/^isv\.MOBILE_NUMBER_ILLEGAL$/.test(reason)) return { status: 'number-refused', reason }
  if (/^isv\.BUSINESS_LIMIT_CONTROL$/.test(reason)) return { status: 'number-limited', reason }
  if (/^(isp\.(SYSTEM|GATEWAY)_ERROR|Throttling|ServiceUnavailable)/.test(reason))
    return { status: 'unavailable', reason }
  return { status: 'refused', reason }
}
