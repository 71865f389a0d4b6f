import type { Derive } from '../platform/derive.ts'
import type { Endpoint } from './endpoint.ts'

/** What WeChat writes for an errcode (its global table and the pages of the covered APIs). */
const errmsgs: Readonly<Record<number, string>> = {
  [-1]: 'system error',
  1: 'data not exit',
  40001: 'invalid credential, access_token is invalid or not latest',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40029: 'invalid code',
  40066: 'invalid url',
  40097: 'invalid args',
  40125: 'invalid appsecret',
  40163: 'code been used',
  40164: 'invalid ip, not in whitelist',
  40226: 'code blocked',
  40243: 'appsecret frozen',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41008: 'missing code',
  42001: 'access_token expired',
  43001: 'require GET method',
  43002: 'require POST method',
  44002: 'empty post data',
  45002: 'content size out of limit',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  47001: 'data format error',
  48001: 'api unauthorized',
  87007: 'session_key is not existd or expired',
  87008: 'invalid sig_method',
  87009: 'invalid signature',
}

const WITH_COMMA: Record<Endpoint['errmsgStyle'], boolean> = { sns: true, plain: false, business: false }
/** On wxa/business the hint comes with errors of the API itself, not with those of the token in front of it. */
const TOKEN_ERRORS = new Set([40001, 40014, 41001, 42001])

/** `invalid code, rid: …` and its relatives; `count` tells the answers of one moment apart. */
export function errmsgOf(
  errcode: number,
  style: Endpoint['errmsgStyle'],
  { derive, now, count }: { readonly derive: Derive; readonly now: number; readonly count: number },
): string {
  const text = errmsgs[errcode] ?? 'unknown error'
  const label = `rid ${now} ${count}`
  const hint = style === 'business' && !TOKEN_ERRORS.has(errcode) ? ` hint: [${hintOf(derive, label)}]` : ''
  return `${text}${hint}${WITH_COMMA[style] ? ',' : ''} rid: ${ridOf(derive, label, now)}`
}

/** Three groups of eight hex digits; the first is the unix time of the request (seen in the sample of getRidInfo). */
function ridOf(derive: Derive, label: string, now: number): string {
  const time = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0')
  const rest = derive.hex(label, 16)
  return `${time}-${rest.slice(0, 8)}-${rest.slice(8)}`
}

/** Sixteen characters such as `mGhbWV0sf-LxnVma`. */
function hintOf(derive: Derive, label: string): string {
  const letters = derive.text(`hint ${label}`, 12)
  return `${letters.slice(0, 6)}0sf-${letters.slice(6)}`
}
