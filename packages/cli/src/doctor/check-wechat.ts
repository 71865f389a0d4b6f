import { explainErrcode } from '@weapp-auth/protocol/errcodes'
import { readAccessToken, stableTokenRequest, WechatRefusal } from '@weapp-auth/protocol/wechat'
import { type CheckResult, causeOf, type DoctorTools } from './check-result.ts'

/** A mini program with its own secret. */
export interface CheckedApp {
  readonly appId: string
  readonly secret: string
}

/** How WeChat answered. */
interface Asked {
  readonly result: CheckResult
  /** By how many milliseconds this clock is ahead; `null` when the answer named no time. */
  readonly aheadMs: number | null
}

const patienceMs = 15_000
export const wechatItself = 'https://api.weixin.qq.com'

/**
 * Asks WeChat for the stable access token of each app ("获取稳定版接口调用凭据"): in its normal mode that hands out the token
 * there is, and replaces none. The clock is compared with the Date of the first answer.
 */
export async function checkWechat(
  apps: readonly CheckedApp[],
  baseUrl: string,
  tools: DoctorTools,
): Promise<readonly CheckResult[]> {
  const asked: Asked[] = []
  for (const app of apps) asked.push(await ask(app, baseUrl, tools))
  const aheadMs = asked.find(one => one.aheadMs !== null)?.aheadMs ?? null
  return [...asked.map(({ result }) => result), clockResult(aheadMs)]
}

async function ask(app: CheckedApp, baseUrl: string, { fetch, now }: DoctorTools): Promise<Asked> {
  const { method, path, body } = stableTokenRequest(app)
  const request = new Request(baseUrl.replace(/\/$/, '') + path, {
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMs),
  })
  const before = now()
  try {
    const response = await fetch(request)
    const between = (before + now()) / 2
    const told = Date.parse(response.headers.get('date') ?? '')
    // The header counts whole seconds: on average it is half of one behind.
    const aheadMs = Number.isNaN(told) ? null : Math.round(between - told - 500)
    return { aheadMs, result: read(app.appId, await response.text()) }
  } catch (error) {
    return { aheadMs: null, result: unreachable(app.appId, new URL(baseUrl).host, causeOf(error)) }
  }
}

function read(about: string, text: string): CheckResult {
  try {
    readAccessToken(JSON.parse(text))
    const found = {
      zh: 'AppID 与 AppSecret 正确，微信接受本机的 IP。',
      en: 'App id and AppSecret are right, and WeChat takes calls from here.',
    }
    return { check: 'app', status: 'ok', about, found }
  } catch (error) {
    return error instanceof WechatRefusal ? refused(about, error) : notWechat(about)
  }
}

function refused(about: string, { errcode, errmsg }: WechatRefusal): CheckResult {
  const [zh, en] = [explainErrcode(errcode, 'zh'), explainErrcode(errcode, 'en')]
  const status = zh.action === 'retry' || zh.action === 'wait' ? ('warn' as const) : ('fail' as const)
  const found = { zh: `errcode ${errcode}：${zh.meaning}`, en: `errcode ${errcode}: ${en.meaning}` }
  const ip = /\binvalid ip ([\d.]{7,15}|[\da-f:.]{2,45})[\s,]/i.exec(`${errmsg} `)?.[1]
  const fix = fixes[errcode] ?? { zh: zh.fix, en: en.fix }
  if (errcode !== 40164 || ip === undefined) return { check: 'app', status, about, found, fix }
  return {
    check: 'app',
    status,
    about,
    found: { zh: `${found.zh}微信看到的 IP 是 ${ip}。`, en: `${found.en} The address that WeChat saw is ${ip}.` },
    fix: { zh: `${allowList.zh}加入 ${ip}。`, en: `${allowList.en} ${ip}.` },
  }
}

const allowList = {
  zh: '登录 mp.weixin.qq.com，在“开发管理 - 开发设置 - IP 白名单”中',
  en: 'At mp.weixin.qq.com, under development, development settings, IP allow list, add',
}

/** What helps here: no token is cached, and no phone code is involved. */
const fixes: Readonly<Record<number, { readonly zh: string; readonly en: string }>> = {
  40001: {
    zh: '在公众平台核对 AppSecret；若刚刚重置过，把新的写入 WEAPP_SECRET、配置文件，或用 weapp-auth apps set --secret。',
    en: 'Compare the AppSecret with the WeChat console; if it was reset, put the new one into WEAPP_SECRET, the file, or weapp-auth apps set --secret.',
  },
  40013: {
    zh: '在公众平台“开发管理 - 开发设置”核对 AppID，注意不是原始 ID（gh_…），也不是其他账号的。',
    en: 'Compare the app id with the WeChat console (development settings); it is not the original id (gh_…), nor that of another account.',
  },
}

/** A page instead of an answer: a proxy, a firewall, or another server. */
function notWechat(about: string): CheckResult {
  return {
    check: 'app',
    status: 'fail',
    about,
    found: { zh: '得到的回应不是微信的。', en: 'What answered is not WeChat.' },
    fix: {
      zh: '检查 WECHAT_BASE_URL，以及出口代理或防火墙是否拦截并替换了回应。',
      en: 'Check WECHAT_BASE_URL, and whether a proxy or firewall on the way answers instead.',
    },
  }
}

function unreachable(about: string, host: string, cause: string): CheckResult {
  return {
    check: 'app',
    status: 'fail',
    about,
    found: { zh: `连接不上 ${host}（${cause}）。`, en: `${host} cannot be reached (${cause}).` },
    fix: {
      zh: `检查 DNS、出站防火墙与代理：本机要能访问 https://${host}（443 端口）。`,
      en: `Check DNS, the outgoing firewall and proxies: this machine must reach https://${host} (port 443).`,
    },
  }
}

/** A second or two is the way and the rounding. */
const noticedMs = 5000
/** The server takes pushes and tokens of at most five minutes' difference; WeChat's secure mode likewise. */
const worstMs = 60_000

function clockResult(aheadMs: number | null): CheckResult {
  if (aheadMs === null)
    return {
      check: 'clock',
      status: 'skip',
      found: { zh: '微信没有回答时间，无法比较。', en: 'WeChat named no time to compare with.' },
    }
  const seconds = Math.abs(aheadMs / 1000).toFixed(0)
  const found = {
    zh: `比微信${aheadMs < 0 ? '慢' : '快'} ${seconds} 秒。`,
    en: `${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'} WeChat.`,
  }
  if (Math.abs(aheadMs) < noticedMs) return { check: 'clock', status: 'ok', found }
  const fix = {
    zh: '开启时间同步（NTP），如 timedatectl set-ntp true。',
    en: 'Switch on time synchronisation (NTP), such as timedatectl set-ntp true.',
  }
  return { check: 'clock', status: Math.abs(aheadMs) < worstMs ? 'warn' : 'fail', found, fix }
}
