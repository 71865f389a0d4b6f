import type { SmsProvider } from '@weapp-auth/server'
import type { PrintedSms } from '@weapp-auth/server/sms-printing'
import { CliFault } from './cli-fault.ts'

/** How `serve` sends one-time codes; see `SMS_PROVIDER` of the variables. */
export interface SmsConfig {
  /** `print`: for development, nothing is sent. */
  readonly provider: 'tencent' | 'aliyun' | 'print'
  readonly keyId: string
  readonly keySecret: string
  readonly signName: string
  readonly template: string
  /** Tencent Cloud only. */
  readonly sdkAppId: string
}

/** What the provider that prints is told. */
export interface Printing {
  readonly production: boolean
  print(sms: PrintedSms): void
}

/**
 * Loads the adapter with its SDK, which is installed only where it is needed.
 *
 * @throws CliFault `config` that says what to set or to install, and refuses `print` in production.
 */
export async function openSms(config: SmsConfig, printing: Printing): Promise<SmsProvider> {
  const { provider } = config
  if (provider === 'print') return openPrinting(printing)
  try {
    return provider === 'tencent' ? await openTencent(config) : await openAliyun(config)
  } catch (error) {
    throw explain(error, provider)
  }
}

async function openPrinting({ production, print }: Printing) {
  if (production)
    throw new CliFault('config', {
      zh: 'NODE_ENV=production 时不能使用 SMS_PROVIDER=print：看到屏幕或日志的人可以冒用任何号码。请设为 tencent、aliyun 或 off。',
      en: 'SMS_PROVIDER=print is refused with NODE_ENV=production: whoever reads the screen or its log could prove any number. Choose tencent, aliyun or off.',
    })
  const { createPrintingSms } = await import('@weapp-auth/server/sms-printing')
  return createPrintingSms({ environment: 'development', print })
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

function explain(error: unknown, provider: keyof typeof sdks): unknown {
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
