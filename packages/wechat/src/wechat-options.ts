import type { WechatOptions } from './create-wechat.ts'

/** Names the option that is wrong. Never repeats its value: it may be a secret in the wrong place. */
export function checkWechatOptions(options: WechatOptions): void {
  const { apps, baseUrl, connections, timeoutMs, budgetMs } = options
  must(Array.isArray(apps) && apps.length > 0, 'apps', 'be a list of at least one app')
  for (const [index, { appId, secret }] of apps.entries()) {
    must(/^[A-Za-z0-9_-]{1,64}$/.test(appId), `apps[${index}].appId`, 'be an app id such as wx1234567890abcdef')
    must(typeof secret === 'string' && secret !== '', `apps[${index}].secret`, 'be the app secret')
    must(apps.findIndex(app => app.appId === appId) === index, `apps[${index}].appId`, 'be given once')
  }
  must(baseUrl === undefined || isPlainUrl(baseUrl), 'baseUrl', 'be an http or https URL without query or credentials')
  mustBePositive(connections, 'connections', 10_000)
  mustBePositive(timeoutMs, 'timeoutMs', 60_000)
  mustBePositive(budgetMs, 'budgetMs', 600_000)
}

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return /^https?:$/.test(protocol) && username + password + search + hash === ''
}

function mustBePositive(value: number | undefined, field: string, most: number): void {
  must(
    value === undefined || (Number.isInteger(value) && value >= 1 && value <= most),
    field,
    `be a whole number from 1 to ${most}`,
  )
}

function must(holds: boolean, field: string, rule: string): void {
  if (!holds) throw new TypeError(`"${field}" must ${rule}`)
}
