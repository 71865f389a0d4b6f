import { join } from 'node:path'
import { type HttpAnswer, readAppDefinition, type Server } from '@weapp-auth/server'
import { createDiskAvatars } from '@weapp-auth/server/avatars-disk'
import type { RedisEvent } from '@weapp-auth/server/redis'
import type { PrintedSms } from '@weapp-auth/server/sms-printing'
import { CliFault } from './cli-fault.ts'
import { consoleOf, firstOperatorNotice, noConsoleNotice } from './console-of.ts'
import { createConsoleSite } from './console-site.ts'
import { createDoor, tryAgain } from './door.ts'
import { serveFlags } from './flags.ts'
import { openKeyringFile } from './keyring-file.ts'
import { listen } from './listen.ts'
import { openRedis } from './open-redis.ts'
import { openSms } from './open-sms.ts'
import { mayExist, openStore } from './open-store.ts'
import { operatorsOf } from './operators-of.ts'
import { type Config, describePath } from './read-config.ts'
import type { ConfigFile } from './read-config-file.ts'
import type { Database } from './read-database.ts'
import { readFlags } from './read-flags.ts'
import { readLegacyPolicy } from './read-legacy-policy.ts'
import { readServeConfig } from './read-serve-config.ts'
import { createRequestLog } from './request-log.ts'
import { startService } from './start-service.ts'
import type { Terminal } from './terminal.ts'
import { createUndoList } from './undo-list.ts'
import { watchKeyring } from './watch-keyring.ts'

/** `weapp-auth serve`: the auth server against the real WeChat, until it is stopped. */
export async function serve(args: readonly string[], terminal: Terminal): Promise<void> {
  const { config, file, path } = await readServeConfig(readFlags('serve', args, serveFlags), terminal.env)
  if (!config.app && !path && !(await hasStoredApps(config.database))) {
    if (config.production) throw needs('WEAPP_APPID', 'WEAPP_SECRET')
    terminal.err(emulatorNotice)
    return (await import('./dev.ts')).dev(args, terminal)
  }
  if (config.production) checkProduction(config)
  const running = await startServe(config, file, terminal)
  if ((await terminal.untilStopped()) === 'SIGTERM') {
    running.drain()
    await terminal.pause(config.drainMs)
  }
  await running.close()
}

/** A running `weapp-auth serve`. */
interface Served {
  readonly url: string
  /** Tells those in front to send nothing more, and goes on serving. */
  drain(): void
  close(): Promise<void>
}

/**
 * Starts the server for the mini programs of environment, file and database.
 *
 * @throws CliFault, after everything that was started has been stopped again.
 */
async function startServe(
  config: Config,
  file: ConfigFile,
  terminal: Pick<Terminal, 'out' | 'err' | 'onHangUp'>,
): Promise<Served> {
  const { app, host, port, production, openData, phoneConflict, sendOpenId, wechatBaseUrl } = config
  const { phoneBudget, phoneCoolDownMs, mergeUndoMs, maxUnderWay, trustProxy, push, phonePrice } = config
  const operators = operatorsOf(config, file)
  const legacy = readLegacyPolicy(config)
  const undo = createUndoList()
  // What requests need is closed after the port.
  const behind = createUndoList()
  undo.add(behind.run)
  try {
    const door = createDoor<Parameters<Server['answer']>, HttpAnswer>(async () => ({ ...tryAgain, body: null }))
    const listener = await listen({ answer: door.handle, host, port, portFlag: '--port / PORT' })
    undo.add(() => listener.close())
    const keys = await openKeyringFile(config.keys, { create: !production, strict: production })
    for (const warning of keys.warnings) terminal.err(warning)
    if (legacy) terminal.err(legacyNotice(legacy.formats))
    if (push && push.encodingAesKey === undefined) terminal.err(plainPushNotice)
    if (keys.created) terminal.err(keysNotice(describePath(config.keys)))
    for (const warning of file.warnings) terminal.err(warning)
    const metrics = config.metricsToken === null ? null : (await import('@weapp-auth/server/metrics')).createMetrics()
    const store = await openStore(config.database, metrics ? { observe: metrics.commit } : {})
    behind.add(() => store.close())
    const print = ({ masked, code }: PrintedSms) => terminal.err(`短信 / SMS ${masked}: ${code}`)
    const log = createRequestLog(config.logLevel ?? 'info', { write: line => terminal.out(line.trimEnd()) })
    const tellRedis = (event: RedisEvent) => {
      log.redis(event)
      metrics?.redis(event)
    }
    const redis = config.redis === null ? null : await openRedis(config.redis, tellRedis)
    if (redis) behind.add(redis.close)
    if (redis && !redis.isThere) terminal.err(redisAwayNotice)
    const sms = config.sms ? await openSms(config.sms, { production, print }) : undefined
    if (config.sms?.provider === 'print') terminal.err(printingNotice)
    const operatorConsole = config.console ? consoleOf(config.issuer ?? listener.url) : null
    if (config.console && !operatorConsole) terminal.err(noConsoleNotice)
    const own = app && {
      appId: app.appId,
      name: app.name,
      openData,
      phoneConflict,
      phoneBudget,
      ...(phoneCoolDownMs !== null && { phoneCoolDownMs }),
      sms: sms ? ('on' as const) : ('off' as const),
      ...(push && { push }),
      ...(legacy && { legacy }),
    }
    const server = await startService(
      {
        apps: [...(own ? [own] : []), ...file.apps.map(({ secret: _, sendOpenId: __, ...policy }) => policy)],
        components: file.components,
        backends: file.backends,
        operators,
        ...(operatorConsole && { console: operatorConsole }),
        ...(phonePrice !== null && { phonePrice }),
        trace: config.trace,
        limits: file.limits,
        wechat: {
          apps: [...(app ? [app] : []), ...file.apps.map(one => readAppDefinition(one).access)],
          sendOpenId,
          ...(wechatBaseUrl !== null && { baseUrl: wechatBaseUrl }),
        },
        store,
        keyring: keys.keyring,
        sms,
        trustProxy,
        ...(maxUnderWay !== null && { maxUnderWay }),
        ...(mergeUndoMs !== null && { mergeUndoMs }),
        avatars: file.avatars ?? { storage: createDiskAvatars({ folder: join(config.data, 'avatars') }) },
        issuer: config.issuer ?? listener.url,
        log,
        ...(redis && { limiter: redis.limiter }),
        observe(event) {
          metrics?.server(event)
          redis?.revocations.server(event)
        },
        ...(metrics && {
          observeUpstream: metrics.upstream,
          observeBreaker: metrics.breaker,
          metrics: { read: metrics.read, token: config.metricsToken ?? '' },
        }),
      },
      behind,
    )
    metrics?.load(server.load)
    const look = await watchKeyring({
      path: config.keys,
      strict: production,
      replace: keyring => server.replaceKeys(keyring),
      tell: outcome => terminal.err(outcome === 'replaced' ? keysReplaced : keysRefused(outcome.failed)),
    })
    terminal.onHangUp(() => void look())
    const watching = setInterval(() => void look(), lookEveryMs).unref()
    undo.add(() => clearInterval(watching))
    const pages = createConsoleSite()
    door.open((request, arrival) => pages.answer(request) ?? server.answer(request, arrival))
    const served = (await server.apps.list()).map(({ appId, policy }) =>
      [policy?.name, appId].filter(Boolean).join(' '),
    )
    terminal.err(`weapp-auth 正在服务 ${served.join('、')} / is serving ${served.join(', ')}: ${listener.url}`)
    const first = await server.inviteFirstOperator()
    if (first) terminal.err(firstOperatorNotice(first.link))
    const drain = () => {
      server.drain()
      listener.drain()
    }
    return { url: listener.url, drain, close: undo.run }
  } catch (error) {
    await undo.run().catch(() => undefined)
    throw error
  }
}

/** How often the key file is looked at. */
const lookEveryMs = 2000

/** Whether an operator has added mini programs to this database (`weapp-auth apps add`). */
async function hasStoredApps(database: Database): Promise<boolean> {
  if (!mayExist(database)) return false
  const store = await openStore(database, { beside: true })
  const { apps } = await store.listApps()
  await store.close()
  return apps.length > 0
}

/**
 * What is convenient on a laptop and wrong in production. Generated keys are refused where the key file is opened.
 *
 * @throws CliFault `config`
 */
export function checkProduction({ issuer, wechatBaseUrl }: Pick<Config, 'issuer' | 'wechatBaseUrl'>): void {
  if (issuer === null) throw needs('ISSUER')
  if (wechatBaseUrl === null || wechatBaseUrl.startsWith('https://')) return
  throw new CliFault('config', {
    zh: 'NODE_ENV=production 时 WECHAT_BASE_URL 必须使用 https：请求中带有 AppSecret，且微信模拟器不能用于生产环境。',
    en: 'WECHAT_BASE_URL must be https with NODE_ENV=production: requests carry the app secret, and the WeChat emulator is not for production.',
  })
}

function needs(...names: readonly string[]): CliFault {
  return new CliFault('config', {
    zh: `NODE_ENV=production 时必须设置 ${names.join(' 与 ')}。`,
    en: `${names.join(' and ')} must be set with NODE_ENV=production.`,
  })
}

const keysReplaced = '密钥文件已更新，新的密钥已生效。\nThe key file has changed; its keys are in use.'

function keysRefused(error: unknown): string {
  const { zh, en } =
    error instanceof CliFault
      ? error.sentence
      : { zh: error instanceof Error ? error.message : '', en: error instanceof Error ? error.message : '' }
  return `!! 密钥文件已更改，但无法使用，继续使用原来的密钥：${zh}\n!! The key file has changed and cannot be used; the former keys stay in use: ${en}`
}

const emulatorNotice = `
!! 没有配置 WEAPP_APPID 与 WEAPP_SECRET：使用微信模拟器和演示账号，不会访问真正的微信。
!! WEAPP_APPID and WEAPP_SECRET are not set: this is the WeChat emulator with demo accounts; the real WeChat is not asked.
`

function legacyNotice(formats: readonly string[]): string {
  return `
!! 已开启旧接口 ${formats.join('、')}：它们比 /v1 弱，见 docs/sources.md。日志里不再有人使用时请关闭。
!! Old wire formats are on: ${formats.join(', ')}. They are weaker than /v1, see docs/sources.md; switch them off when the log shows no use.
`
}

const printingNotice = `
!! SMS_PROVIDER=print：不发送短信，验证码显示在这里。仅用于开发。
!! SMS_PROVIDER=print: no message is sent, the codes are shown here. For development only.
`

const redisAwayNotice = `
!! 连不上 REDIS_URL 的 Redis，原因见日志的 redis-away。服务照常运行，各实例各自限流；Redis 恢复后自动共用。
!! The Redis of REDIS_URL cannot be used; the log says why (redis-away). The server works, each instance counting on its own, until it can.
`

const plainPushNotice = `
!! 消息推送是明文模式：签名不覆盖内容。请在公众平台改用安全模式，并设置 WEAPP_PUSH_AES_KEY。
!! Message push is plain: its signature does not cover what it says. Choose the safe mode at WeChat and set WEAPP_PUSH_AES_KEY.
`

function keysNotice(path: string): string {
  return `
!! 已生成新的密钥文件 ${path}。请立即备份：丢失后，已加密的手机号无法恢复。
!! A new key file was made: ${path}. Back it up now: without it the sealed phone numbers are lost.
`
}
