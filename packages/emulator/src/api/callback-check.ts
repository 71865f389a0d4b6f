import type { Derive } from '../platform/derive.ts'
import { type Endpoint, grant, refuse } from './endpoint.ts'
import { readJsonBody } from './read-json-body.ts'
import { readToken } from './read-token.ts'

const ACTIONS = ['dns', 'ping', 'all']
const OPERATORS = ['CHINANET', 'UNICOM', 'CAP', 'DEFAULT']

/** POST /cgi-bin/callback/check: resolves and pings the host of message push. Nothing is really sent: the answer follows from the host. */
export const callbackCheck: Endpoint = {
  name: 'callbackCheck',
  method: 'POST',
  path: '/cgi-bin/callback/check',
  errmsgStyle: 'plain',
  contentType: 'application/json; charset=UTF-8',
  permissionSet: 'any',
  handle(platform, call) {
    const appId = readToken(platform, call)
    if (typeof appId !== 'string') return appId
    const read = readJsonBody(call.body)
    if ('granted' in read) return { ...read, appId }
    const { action, check_operator: operator } = read.fields
    const about = { appId }
    if (typeof action !== 'string' || !ACTIONS.includes(action))
      return refuse(40202, 'action 必须是 dns、ping 或 all', 'action must be dns, ping or all', about)
    if (typeof operator !== 'string' || !OPERATORS.includes(operator))
      return refuse(40203, 'check_operator 不对', `check_operator must be one of ${OPERATORS.join(', ')}`, about)
    const { push } = platform.state.directory.app(appId)
    if (!push) return refuse(40201, '没有设置消息推送的 URL', 'no URL for message push is set', about)
    const { hostname } = new URL(push.url)
    const ip = ipOf(hostname, platform.derive)
    const from = operator === 'DEFAULT' ? 'UNICOM' : operator
    const ping = { ip, from_operator: from, package_loss: '0%', time: timeOf(hostname, platform.derive) }
    return grant(
      {
        ...(action === 'ping' ? {} : { dns: [{ ip, real_operator: from }] }),
        ...(action === 'dns' ? {} : { ping: [ping] }),
      },
      `检测了 ${hostname}`,
      `checked ${hostname}`,
      about,
    )
  },
}

/** The address itself where the host is one; else one of those for documentation (RFC 5737). */
function ipOf(host: string, derive: Derive): string {
  if (host === 'localhost') return '127.0.0.1'
  if (/^[\d.]+$/.test(host)) return host
  const [last = 0] = derive.bytes(`host ${host}`, 1)
  return `198.51.100.${1 + (last % 254)}`
}

function timeOf(host: string, derive: Derive): string {
  const [a = 0, b = 0, c = 0] = derive.bytes(`ping ${host}`, 3)
  return `${10 + (a % 30)}.${String((b * 256 + c) % 1000).padStart(3, '0')}ms`
}
