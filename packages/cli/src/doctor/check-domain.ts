import { isIP } from 'node:net'
import { routes } from '@weapp-auth/protocol/contract'
import type { Config } from '../read-config.ts'
import { type CheckResult, causeOf, type DoctorTools } from './check-result.ts'

const patienceMs = 10_000

/**
 * Whether mini programs can call this address ("网络": https, a name and no IP address, the port as it was entered), and
 * whether the server that answers there is this one.
 */
export async function checkDomain(
  { issuer, production }: Pick<Config, 'issuer' | 'production'>,
  hasPush: boolean,
  tools: Pick<DoctorTools, 'fetch'>,
): Promise<readonly CheckResult[]> {
  if (issuer === null)
    return [
      {
        check: 'domain',
        status: production ? 'fail' : 'warn',
        found: { zh: '没有设置 ISSUER，只能在本机使用。', en: 'ISSUER is not set: it works on this machine only.' },
        fix: {
          zh: `把 ISSUER 设为服务对外的网址。${legal.zh}`,
          en: `Set ISSUER to the URL of the server. ${legal.en}`,
        },
      },
    ]
  const url = new URL(issuer)
  const wrong = rules(url, hasPush)
  const flaws = wrong.map(
    (rule): CheckResult => ({
      check: 'domain',
      status: production ? 'fail' : 'warn',
      about: issuer,
      ...rule,
    }),
  )
  const form: readonly CheckResult[] = flaws.length > 0 ? flaws : [legalDomain(url)]
  return [...form, await reach(issuer, tools)]
}

const legal = {
  zh: '小程序只能请求登记过的域名：https、已备案、不能是 IP 或 localhost，在公众平台“开发管理 - 服务器域名 - request 合法域名”中登记。',
  en: 'Mini programs call registered domains only: https, with an ICP filing, no IP address and no localhost; register it in the WeChat console (development, server domains, request).',
}

type Rule = Required<Pick<CheckResult, 'found' | 'fix'>>

function rules({ protocol, hostname, port }: URL, hasPush: boolean): readonly Rule[] {
  const found: Rule[] = []
  const bare = hostname.replace(/^\[|\]$/g, '')
  const isName = isIP(bare) === 0 && bare !== 'localhost' && bare.includes('.')
  const flaws = [
    ...(protocol === 'https:' ? [] : [{ zh: '不是 https。', en: 'It is not https.' }]),
    ...(isName ? [] : [{ zh: `${bare} 不是域名。`, en: `${bare} is no domain name.` }]),
  ]
  const told = { zh: flaws.map(({ zh }) => zh).join(''), en: flaws.map(({ en }) => en).join(' ') }
  if (flaws.length > 0) found.push({ found: told, fix: legal })
  // "消息推送": 80 or 443, and no other.
  if (hasPush && port !== '' && port !== '80')
    found.push({
      found: {
        zh: `消息推送只能使用 80 或 443 端口，这里是 ${port}。`,
        en: `Message push takes port 80 or 443, and this is ${port}.`,
      },
      fix: { zh: '在前面的反向代理上使用 443。', en: 'Use 443 at the proxy in front.' },
    })
  return found
}

function legalDomain({ host, port }: URL): CheckResult {
  const about = `https://${host}`
  if (port === '')
    return {
      check: 'domain',
      status: 'ok',
      about,
      found: {
        zh: `符合要求；请确认它已登记为 request 合法域名（上传头像时还有 uploadFile 合法域名）。`,
        en: 'Its form is right; make sure that it is registered as a request domain (for avatars also as an uploadFile domain).',
      },
    }
  return {
    check: 'domain',
    status: 'warn',
    about,
    found: {
      zh: `带有端口 ${port}：合法域名必须带同样的端口登记，并且不能再用其他端口。`,
      en: `It has port ${port}: the domain must be registered with it, and no other port will do then.`,
    },
    fix: { zh: '建议使用 443 端口。', en: 'Better use port 443.' },
  }
}

/** Asks what other people's services ask first (RFC 8414). */
async function reach(issuer: string, { fetch }: Pick<DoctorTools, 'fetch'>): Promise<CheckResult> {
  const about = `${issuer}${routes.oauthMetadata}`
  const result = (
    status: CheckResult['status'],
    found: CheckResult['found'],
    fix?: CheckResult['fix'],
  ): CheckResult => ({
    check: 'domain',
    status,
    about,
    found,
    ...(fix && { fix }),
  })
  const response = await fetch(
    new Request(about, { redirect: 'manual', signal: AbortSignal.timeout(patienceMs) }),
  ).catch((error: unknown) => causeOf(error))
  if (typeof response === 'string') return unreachable(response, result)
  if (response.status >= 300 && response.status < 400)
    return result(
      'fail',
      { zh: '要求跳转，微信与小程序不会跟随。', en: 'It redirects; WeChat and mini programs do not follow.' },
      { zh: '把 ISSUER 设为最终的网址。', en: 'Set ISSUER to the URL that it redirects to.' },
    )
  const body: unknown = await response.json().catch(() => null)
  const told = typeof body === 'object' && body !== null && 'issuer' in body ? body.issuer : null
  if (told === issuer)
    return result('ok', { zh: '从本机可以访问，是这个服务。', en: 'It can be reached from here, and is this server.' })
  return result(
    'fail',
    typeof told === 'string'
      ? { zh: '那里的 weapp-auth 使用另一个 ISSUER。', en: 'The weapp-auth there has another ISSUER.' }
      : {
          zh: `回答的不是 weapp-auth（HTTP ${response.status}）。`,
          en: `What answers is not weapp-auth (HTTP ${response.status}).`,
        },
    {
      zh: '检查反向代理把请求转给了谁，以及它的 ISSUER。',
      en: 'Check where the proxy in front sends requests, and the ISSUER there.',
    },
  )
}

type MakeResult = (status: CheckResult['status'], found: CheckResult['found'], fix?: CheckResult['fix']) => CheckResult

function unreachable(cause: string, result: MakeResult): CheckResult {
  if (/CERT|SIGNATURE|SSL|TLS|ALTNAME|EPROTO/.test(cause))
    return result(
      'fail',
      { zh: `TLS 证书有误（${cause}）。`, en: `The TLS certificate is wrong (${cause}).` },
      {
        zh: '检查证书是否过期、域名是否一致，并配置完整的证书链：真机不会自行补全中间证书。',
        en: 'Check its end, its names, and that the server sends the whole chain: phones do not fetch intermediates.',
      },
    )
  if (cause === 'ENOTFOUND')
    return result(
      'fail',
      { zh: '域名没有解析（ENOTFOUND）。', en: 'The name does not resolve (ENOTFOUND).' },
      { zh: '检查 ISSUER 的拼写与 DNS 记录。', en: 'Check the spelling of ISSUER and the DNS record.' },
    )
  return result(
    'warn',
    { zh: `从本机访问不到（${cause}）。`, en: `It cannot be reached from here (${cause}).` },
    {
      zh: '若服务尚未启动则属正常；否则检查反向代理、防火墙，以及内网能否访问自己的公网地址。',
      en: 'That is as it should be while the server is not running; else check the proxy, the firewall, and whether this network reaches its own public address.',
    },
  )
}
