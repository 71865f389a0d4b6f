import type { Derive } from '../platform/derive.ts'
import type { Endpoint } from './endpoint.ts'

/** What WeChat writes for an errcode (its global table and the pages of the covered APIs). */
const errmsgs: Readonly<Record<number, string>> = {
  [-1]: 'system error',
  1: 'data not exit',
  // getpluginopenpid was seen to write nothing but the rid.
  1000: '',
  1001: '',
  1003: '',
  1005: '',
  1007: '',
  1022: '',
  40001: 'invalid credential, access_token is invalid or not latest',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40016: 'invalid button size',
  40029: 'invalid code',
  40066: 'invalid url',
  40090: 'invalid request source (bad client ip)',
  40094: 'invalid component credential',
  40097: 'invalid args',
  40101: 'missing parameter',
  40125: 'invalid appsecret',
  40163: 'code been used',
  40164: 'invalid ip, not in whitelist',
  40201: 'invalid url',
  40202: 'invalid action',
  40203: 'invalid check_operator',
  40226: 'code blocked',
  40230: 'API_Missing_Wechatmp_Serial',
  40231: 'API_Missing_Wechatmp_Timestamp',
  40232: 'API_Missing_Wechatmp_Signature',
  40233: 'API_Missing_Wechatmp_Appid',
  40234: 'API_Invalid_Signature',
  40235: 'API_Invalid_Encrypt',
  40236: 'API_Invalid_Wechatmp_Appid',
  40237: 'API_Invalid_Wechatmp_Appidmatch',
  40238: 'API_NoExist_DevSecretSym',
  40239: 'API_NoExist_DevSecretAsym',
  40240: 'API_Expired_Wechatmp_Timestamp',
  40243: 'appsecret frozen',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41008: 'missing code',
  41021: 'missing component_access_token',
  42001: 'access_token expired',
  43001: 'require GET method',
  43002: 'require POST method',
  44002: 'empty post data',
  45002: 'content size out of limit',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  47001: 'data format error',
  48001: 'api unauthorized',
  48004: 'api forbidden for irregularities',
  48006: 'forbid to clear quota because of reaching the limit',
  50002: 'user limited',
  50004: 'forbidden to use token interface',
  50007: 'account frozen',
  61003: 'component is not authorized by this account',
  61004: 'access clientip is not registered',
  61005: 'component ticket is expired',
  61006: 'component ticket is invalid',
  61007: 'api is unauthorized to component',
  61009: 'code is invalid',
  61010: 'code is expired',
  61011: 'invalid component',
  61023: 'refresh_token is invalid',
  76001: 'rid not found',
  76002: 'rid is error',
  76003: 'could not query this rid, no permission',
  76004: 'rid time is error',
  76021: 'cgi_path not found, please check',
  76022: 'could not use this cgi_path, no permission',
  87007: 'session_key is not existd or expired',
  87008: 'invalid sig_method',
  87009: 'invalid signature',
  89002: 'open not exists',
  89300: 'invalid trade',
  89503: 'this call needs the confirmation of the admin',
  89506: 'the admin refused this ip twice, retry after 24 hours',
  89507: 'the admin refused this ip, retry after 1 hour',
}

const WITH_COMMA: Record<Endpoint['errmsgStyle'], boolean> = { sns: true, plain: false, business: false }
/** On wxa/business the hint comes with errors of the API itself, not with those of the gate in front of it. */
const GATE_ERRORS = new Set([
  ...Array.from({ length: 11 }, (_, at) => 40230 + at),
  40001,
  40014,
  41001,
  42001,
  45009,
  48001,
  48004,
  50002,
  50007,
  61003,
  61007,
])

interface ErrmsgTools {
  readonly derive: Derive
  readonly now: number
  /** Tells the answers of one moment apart. */
  readonly count: number
  /** Instead of the usual words. */
  readonly text: string | undefined
  readonly ids: 'rid' | 'req_id'
}

/** `invalid code, rid: …` and its relatives, with the rid in it; the old form has none. */
export function errmsgOf(
  errcode: number,
  style: Endpoint['errmsgStyle'],
  { derive, now, count, text = errmsgs[errcode] ?? 'unknown error', ids }: ErrmsgTools,
): { readonly errmsg: string; readonly rid: string | null } {
  const label = `rid ${now} ${count}`
  if (ids === 'req_id') return { errmsg: `${text}, hints: [ req_id: ${hintOf(derive, label)} ]`, rid: null }
  const rid = ridOf(derive, label, now)
  const hint = style === 'business' && !GATE_ERRORS.has(errcode) ? ` hint: [${hintOf(derive, label)}]` : ''
  return { errmsg: `${text}${hint}${WITH_COMMA[style] ? ',' : ''} rid: ${rid}`, rid }
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
