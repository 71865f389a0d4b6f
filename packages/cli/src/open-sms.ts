import type { SmsProvider } from '@weapp-auth/server'
import { CliFault } from './cli-fault.ts'

/** How `serve` sends one-time codes; see `SMS_PROVIDER` of the variables. */
export interface SmsConfig {
  readonly provider: 'tencent' | 'aliyun'
  readonly keyId: string
  readonly keySecret: string
  readonly signName: string
  readonly template: string
  /** Tencent Cloud only. */
  readonly sdkAppId: string
}

/**
 * Loads the adapter with its SDK, which is installed only where it is needed.
 *
 * @throws CliFault `config` that says what to set or to install.
 */
export async function openSms(config: SmsConfig): Promise<SmsProvider> {
  try {
    return config.provider === 'tencent' ? await openTencent(config) : await openAliyun(config)
  } catch (error) {
    throw explain(error, config.provider)
  }
}

async function openTencent({ keyId, keySecret, signName, template, sdkAppId }: SmsConfig) {
  const { createTencentSms } = await import('@weapp-auth/server/sms-tencent')
  return createTencentSms({ secretId: keyId, secretKey: keySecret, signName, templateId: template, sdkAppId })
}

async function openAliyun({ keyId, keySecret, signName, template }: SmsConfig) {
  const { createAliyunSms } = await import('@weapp-auth/server/sms-aliyun')
  return createAliyunSms({ accessKeyId: keyId, accessKeySecret: keySecret, signName, templateCode: template })
}

const sdks = { tencent: 'tencentcloud-sdk-nodejs-sms', aliyun: '@alicloud/dysmsapi20170525' } as const

/** Names of the adapters' options, as `serve` is told them. */
const variables: Readonly<Record<string, string>> = {
  secretId: 'SMS_KEY_ID',
  accessKeyId: 'SMS_KEY_ID',
  secretKey: 'SMS_KEY_SECRET',
  accessKeySecret: 'SMS_KEY_SECRET',
  signName: 'SMS_SIGN_NAME',
  templateId: 'SMS_TEMPLATE',
  templateCode: 'SMS_TEMPLATE',
  sdkAppId: 'SMS_SDK_APP_ID',
}

function explain(error: unknown, provider: SmsConfig['provider']): unknown {
  const { code, message = '' } = error as { readonly code?: unknown; readonly message?: string }
  if (code === 'ERR_MODULE_NOT_FOUND' && message.includes(sdks[provider])) {
    const command = `npm install ${sdks[provider]}`
    return new CliFault(
      'config',
      { zh: `SMS_PROVIDER=${provider} 需要先执行 ${command}。`, en: `SMS_PROVIDER=${provider} needs ${command}.` },
      error,
    )
  }
  const name = error instanceof TypeError ? variables[/^"(\w+)"/.exec(message)?.[1] ?? ''] : undefined
  if (name === undefined) return error
  return new CliFault(
    'config',
    { zh: `SMS_PROVIDER=${provider} 时必须设置 ${name}。`, en: `SMS_PROVIDER=${provider} needs ${name}.` },
    error,
  )
}
