import type { AppCheckAnswer, AppCheckStep, PushArrival, Sentence } from '@weapp-auth/protocol/contract'
import { explainErrcode } from '@weapp-auth/protocol/wechat'
import type { App, Apps } from '../domain/app-policy.ts'
import { appChecks } from '../domain/limits.ts'
import { ProblemError, RateLimited } from '../domain/problem-error.ts'
import type { Clock } from '../ports/clock.ts'
import type { Limiter } from '../ports/limiter.ts'
import type { WechatAppCheck, WechatCallCheck, WechatPlatform } from '../ports/wechat-platform.ts'
import type { WatchPushes } from './watch-pushes.ts'

export interface CheckAppTools {
  readonly apps: Apps
  readonly wechat: WechatPlatform
  readonly pushes: WatchPushes
  readonly limiter: Limiter
  readonly clock: Clock
}

/** Asks WeChat how an app is set up. Throws ProblemError app_unknown; RateLimited beyond ten in ten minutes. */
export type CheckApp = (appId: string) => Promise<AppCheckAnswer>

type Found = Omit<AppCheckStep, 'step'>

const plain = { fix: null, errcode: null, rid: null, ip: null }
const ok = (zh: string, en: string): Found => ({ state: 'ok', message: { zh, en }, ...plain })
const unknown = (zh: string, en: string): Found => ({ state: 'unknown', message: { zh, en }, ...plain })
const later = unknown('等前一步通过后才能检查。', 'It can be checked when the step before it is in order.')

export function createCheckApp({ apps, wechat, pushes, limiter, clock }: CheckAppTools): CheckApp {
  return async function checkApp(appId) {
    const app = apps.get(appId)
    if (!app) throw new ProblemError('app_unknown')
    const taken = await limiter.take(`app-check ${appId}`, appChecks, clock.now())
    if (taken.status === 'refused') throw new RateLimited('appChecks', appChecks, taken.retryAfterMs)
    const check = (await wechat.checkApp?.(appId)) ?? null
    const { arrivals } = pushes.read(appId)
    return {
      steps: [
        { step: 'app-id', ...readAppId(appId) },
        { step: 'secret', ...readSecret(check) },
        { step: 'ip-allow-list', ...readAllowList(check) },
        { step: 'phone', ...readPhoneRight(check) },
        { step: 'push', ...readPush(app, arrivals) },
      ],
    }
  }
}

function readAppId(appId: string): Found {
  if (/^wx[0-9a-f]{16}$/.test(appId)) return ok('形式正确。', 'It has the right form.')
  return {
    ...plain,
    state: 'attention',
    message: {
      zh: '小程序的 AppID 通常是 wx 加 16 位十六进制数字。',
      en: 'An AppID is usually wx and 16 hexadecimal digits.',
    },
    fix: {
      zh: '在微信公众平台「开发管理」里核对。',
      en: 'Compare it with the WeChat console, "Development management".',
    },
  }
}

function readSecret(check: WechatAppCheck | null): Found {
  if (!check)
    return unknown('这个服务端没有连接微信的检查功能。', 'This server has no client of WeChat that can check it.')
  const { token } = check
  if (token.status === 'ok') return ok('微信发放了 access_token。', 'WeChat gave an access_token.')
  if (token.status === 'refused' && token.errcode === 40164)
    return unknown('微信先检查了 IP 白名单。', 'WeChat looked at the list of addresses first.')
  return refusal(token)
}

function readAllowList(check: WechatAppCheck | null): Found {
  if (check?.token.status === 'ok')
    return ok('微信接受了这台服务器的地址。', 'WeChat takes the address of this server.')
  if (check?.token.status === 'refused' && check.token.errcode === 40164) return refusal(check.token)
  return later
}

function readPhoneRight(check: WechatAppCheck | null): Found {
  if (!check?.phone) return later
  if (check.phone.status === 'ok') return ok('有手机号接口的权限。', 'The account may exchange phone codes.')
  return refusal(check.phone)
}

/** In the words of the table of errcodes. */
function refusal(check: Exclude<WechatCallCheck, { readonly status: 'ok' }>): Found {
  if (check.status === 'no-answer')
    return {
      ...plain,
      state: 'failed',
      message: {
        zh: '连接不上微信，或没有得到能读懂的回答。',
        en: 'WeChat cannot be reached, or its answer cannot be read.',
      },
      fix: {
        zh: '检查服务器的网络、DNS、出口防火墙与代理，然后重试。',
        en: 'Check network, DNS, outgoing firewall and proxy of the server, then try again.',
      },
    }
  const { errcode, rid, ip } = check
  const [zh, en] = [explainErrcode(errcode, 'zh'), explainErrcode(errcode, 'en')]
  const pair = (zhText: string, enText: string): Sentence => ({ zh: zhText, en: enText })
  return { state: 'failed', message: pair(zh.meaning, en.meaning), fix: pair(zh.fix, en.fix), errcode, rid, ip }
}

function readPush({ push, component }: App, [last]: readonly PushArrival[]): Found {
  if (!push && component === null)
    return {
      ...plain,
      state: 'attention',
      message: {
        zh: '没有配置消息推送：用户在微信里撤回授权或注销时，服务端不会知道。',
        en: 'Message push is off: the server does not learn when a user withdraws or cancels at WeChat.',
      },
      fix: { zh: '在「消息推送」里按步骤配置。', en: 'Set it up under "Message push".' },
    }
  if (!last)
    return unknown(
      '已配置，但本进程启动以来还没有收到推送。',
      'It is set up, but nothing has come since this process began.',
    )
  if (last.outcome !== 'refused') return ok('最近一次推送已通过验证。', 'The latest push was proved to be genuine.')
  return {
    ...plain,
    state: 'failed',
    message: { zh: `最近一次推送被拒绝（${last.detail}）。`, en: `The latest push was refused (${last.detail}).` },
    fix: {
      zh: '核对 Token、EncodingAESKey 与加密方式是否和微信公众平台一致，以及服务器的时间。',
      en: 'Compare Token, EncodingAESKey and the mode of encryption with the WeChat console, and the clock of the server.',
    },
  }
}
