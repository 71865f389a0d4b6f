import { randomBytes } from 'node:crypto'
import { routes } from '@weapp-auth/protocol/contract'
import { encryptPush, pushSignature } from '@weapp-auth/protocol/wechat'
import type { PushPolicy } from '@weapp-auth/server'
import { type CheckResult, causeOf, type DoctorTools } from './check-result.ts'

/** An app that WeChat pushes events of. */
export interface PushedApp {
  readonly appId: string
  /** At the end of every ciphertext: the app, or its third-party platform. */
  readonly tail: string
  readonly push: Pick<PushPolicy, 'token' | 'encodingAesKey'>
}

const patienceMs = 10_000

/**
 * Asks the push URL what WeChat asks when it is saved ("消息推送"): a text that is signed with the Token, then the same
 * sealed with the EncodingAESKey. Sends no event.
 */
export async function checkPush(
  apps: readonly PushedApp[],
  issuer: string | null,
  tools: DoctorTools,
): Promise<readonly CheckResult[]> {
  if (apps.length === 0)
    return [
      {
        check: 'push',
        status: 'skip',
        found: {
          zh: '没有配置消息推送：用户在微信中撤回授权时，服务端不会知道。',
          en: 'None is set up: the server does not learn when users withdraw an authorization in WeChat.',
        },
      },
    ]
  const results = []
  for (const app of apps) results.push(...plainMode(app), await checkOne(app, issuer, tools))
  return results
}

function plainMode({ appId, push }: PushedApp): readonly CheckResult[] {
  if (push.encodingAesKey !== undefined) return []
  return [
    {
      check: 'push',
      status: 'warn',
      about: appId,
      found: {
        zh: '明文模式：签名不覆盖消息内容。',
        en: 'Plain mode: the signature does not cover what a message says.',
      },
      fix: {
        zh: '在公众平台改用安全模式，并设置 WEAPP_PUSH_AES_KEY。',
        en: 'Choose the safe mode at WeChat and set WEAPP_PUSH_AES_KEY.',
      },
    },
  ]
}

async function checkOne(app: PushedApp, issuer: string | null, tools: DoctorTools): Promise<CheckResult> {
  const about = app.appId
  if (issuer === null)
    return {
      check: 'push',
      status: 'warn',
      about,
      found: {
        zh: '没有设置 ISSUER，微信无法推送到本机。',
        en: 'ISSUER is not set; WeChat cannot push to this machine.',
      },
      fix: { zh: '把 ISSUER 设为服务对外的网址。', en: 'Set ISSUER to the public URL of the server.' },
    }
  const url = issuer + routes.wechatPush.replace('{appId}', encodeURIComponent(app.appId))
  const plain = await echo(url, app, tools, false)
  const told = plain === 'echoed' && app.push.encodingAesKey !== undefined ? await echo(url, app, tools, true) : plain
  if (told === 'echoed')
    return {
      check: 'push',
      status: 'ok',
      about,
      found: { zh: `${url} 通过了与微信相同的验证。`, en: `${url} passed the check that WeChat makes.` },
    }
  const row = plain === 'echoed' ? wrongKey : (reasons[told] ?? other(told))
  return { check: 'push', status: told.startsWith('unreachable') ? 'warn' : 'fail', about, ...row }
}

/** `echoed`; the code of our refusal; or what else came. */
async function echo(url: string, { tail, push }: PushedApp, { fetch, now }: DoctorTools, sealed: boolean) {
  const { token, encodingAesKey = '' } = push
  const text = String(randomBytes(7).readUIntBE(1, 6))
  const signed = { token, timestamp: String(Math.floor(now() / 1000)), nonce: String(randomBytes(4).readUInt32BE()) }
  const echostr = sealed ? encryptPush({ encodingAesKey, appId: tail, message: text, random: randomBytes(16) }) : text
  const query = new URLSearchParams({
    signature: pushSignature(signed),
    timestamp: signed.timestamp,
    nonce: signed.nonce,
    echostr,
    ...(sealed && { msg_signature: pushSignature({ ...signed, encrypt: echostr }) }),
  })
  try {
    const signal = AbortSignal.timeout(patienceMs)
    const response = await fetch(new Request(`${url}?${query}`, { redirect: 'manual', signal }))
    const body = await response.text()
    if (response.status === 200 && body === text) return 'echoed'
    return /"code":"(push_invalid|push_off|app_unknown)"/.exec(body)?.[1] ?? `HTTP ${response.status}`
  } catch (error) {
    return `unreachable (${causeOf(error)})`
  }
}

type Row = Required<Pick<CheckResult, 'found' | 'fix'>>

const sameSettings = {
  zh: '让正在运行的服务与这里使用同一份配置，然后重新启动它；公众平台上也要一致。',
  en: 'Give the running server the settings that are here and start it again; they must be the same at WeChat.',
}

const wrongKey: Row = {
  found: {
    zh: 'Token 正确，但 EncodingAESKey 与正在运行的服务不同。',
    en: 'The Token is right, but the running server has another EncodingAESKey.',
  },
  fix: sameSettings,
}

const reasons: Readonly<Record<string, Row>> = {
  push_invalid: {
    found: {
      zh: '正在运行的服务拒绝了签名：Token 不同，或它的时钟相差五分钟以上。',
      en: 'The running server refuses the signature: it has another Token, or its clock differs by five minutes or more.',
    },
    fix: sameSettings,
  },
  push_off: {
    found: { zh: '正在运行的服务没有为它开启消息推送。', en: 'The running server takes no pushes of it.' },
    fix: sameSettings,
  },
  app_unknown: {
    found: { zh: '正在运行的服务不认识这个小程序。', en: 'The running server does not know this mini program.' },
    fix: sameSettings,
  },
}

function other(told: string): Row {
  const cause = /^unreachable \((.*)\)$/.exec(told)?.[1]
  return {
    found:
      cause === undefined
        ? { zh: `没有得到验证所需的回答：${told}。`, en: `It did not answer as the check wants: ${told}.` }
        : { zh: `从本机访问不到推送网址（${cause}）。`, en: `The push URL cannot be reached from here (${cause}).` },
    fix: {
      zh: '检查反向代理是否原样转发路径与查询参数、不跳转、不修改回应；服务未启动时无法检查。',
      en: 'Check that the proxy passes path and query on, redirects nothing and changes no answer; while the server is not running this cannot be checked.',
    },
  }
}
