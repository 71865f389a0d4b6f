import type { AppDefinition } from '@weapp-auth/server'
import type { Environment } from '../read-config.ts'
import { readServeConfig, type ServeConfig } from '../read-serve-config.ts'
import { checkConfig } from './check-config.ts'
import { checkDatabase } from './check-database.ts'
import { checkDomain } from './check-domain.ts'
import { checkKeys } from './check-keys.ts'
import { checkPush, type PushedApp } from './check-push.ts'
import { checkRedis } from './check-redis.ts'
import { type CheckResult, type DoctorTools, faultResult } from './check-result.ts'
import { checkVersions } from './check-versions.ts'
import { checkWechat, wechatItself } from './check-wechat.ts'

/** Everything that `serve` needs, one result each. Changes nothing, here or at WeChat. */
export async function examine(
  flags: { readonly config?: string; readonly data?: string },
  env: Environment,
  tools: DoctorTools,
): Promise<readonly CheckResult[]> {
  const versions = checkVersions(tools)
  const read = await readServeConfig(flags, env).catch((error: unknown) => error)
  if (!isRead(read)) return [...versions, faultResult('config', read)]
  const { config } = read
  const { results: database, sample } = await checkDatabase(config.database)
  const { results: keys, apps: stored } = await checkKeys(config, sample)
  const apps = appsOf(read, stored)
  const pushed = pushedApps(read, apps)
  const wechat = await checkApps(read, apps, tools)
  const [redis, domain, push] = await Promise.all([
    checkRedis(config.redis),
    checkDomain(config, pushed.length > 0, tools),
    checkPush(pushed, config.issuer, tools),
  ])
  return [...versions, ...checkConfig(read, env), ...database, ...keys, ...redis, ...wechat, ...domain, ...push]
}

function isRead(read: unknown): read is ServeConfig {
  return !(read instanceof Error)
}

/** Those of variables and file win over stored ones of the same id, as in the server. */
function appsOf({ config, file }: ServeConfig, stored: readonly AppDefinition[]): readonly AppDefinition[] {
  const own = config.app ? [{ ...config.app, ...(config.push && { push: config.push }) }] : []
  const all = [...own, ...file.apps, ...stored]
  return all.filter(({ appId }, index) => all.findIndex(one => one.appId === appId) === index)
}

async function checkApps(
  { config }: ServeConfig,
  apps: readonly AppDefinition[],
  tools: DoctorTools,
): Promise<readonly CheckResult[]> {
  if (apps.length === 0) return [noApps(config.production)]
  const own = apps.flatMap(({ appId, secret }) => (secret === undefined ? [] : [{ appId, secret }]))
  const others = apps.filter(({ secret }) => secret === undefined).map(({ appId }) => byPlatform(appId))
  return [...(await checkWechat(own, config.wechatBaseUrl ?? wechatItself, tools)), ...others]
}

function noApps(production: boolean): CheckResult {
  return {
    check: 'app',
    status: production ? 'fail' : 'warn',
    found: {
      zh: '没有小程序：serve 会使用微信模拟器（NODE_ENV=production 时拒绝启动）。',
      en: 'There is none: serve runs the WeChat emulator (and does not start with NODE_ENV=production).',
    },
    fix: {
      zh: '设置 WEAPP_APPID 与 WEAPP_SECRET，或使用配置文件、weapp-auth apps add。',
      en: 'Set WEAPP_APPID and WEAPP_SECRET, or use a configuration file or weapp-auth apps add.',
    },
  }
}

function byPlatform(about: string): CheckResult {
  return {
    check: 'app',
    status: 'skip',
    about,
    found: {
      zh: '由第三方平台代为调用，没有自己的 AppSecret 可查。',
      en: 'A third-party platform acts for it; it has no AppSecret of its own to try.',
    },
  }
}

function pushedApps({ file }: ServeConfig, apps: readonly AppDefinition[]): readonly PushedApp[] {
  return apps.flatMap(({ appId, push, component }) => {
    const platform = file.components.find(one => one.appId === component)
    if (platform) return [{ appId, tail: platform.appId, push: platform.push }]
    return push ? [{ appId, tail: appId, push }] : []
  })
}
