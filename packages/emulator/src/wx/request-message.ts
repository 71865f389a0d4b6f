import { checkText } from './check-parameter.ts'
import { userAgent, type WxDevice } from './device.ts'
import { ERRNO, WxFail } from './fail.ts'

/** What `wx.request` takes. */
export interface WxRequestOptions {
  readonly url: string
  /** Query fields for GET, else the body. */
  readonly data?: string | object | ArrayBuffer | undefined
  readonly header?: Readonly<Record<string, unknown>>
  /** Milliseconds. Default: 60000. */
  readonly timeout?: number
  /** Default: `GET`. There is no PATCH in WeChat. */
  readonly method?: string
  /** Default: `json`, the answer is parsed when it is JSON. */
  readonly dataType?: string
  /** Default: `text`. */
  readonly responseType?: 'text' | 'arraybuffer'
}

interface Sender {
  readonly appId: string
  readonly device: WxDevice
  /** Origins that may be called, such as `https://api.example.com`; undefined allows all, as with the check switched off. */
  readonly domains: readonly string[] | undefined
}

const METHODS = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT']

/** The web request that `wx.request` sends. Throws a `WxFail` when WeChat would not send it. */
export function requestMessage(options: WxRequestOptions, signal: AbortSignal, sender: Sender): Request {
  const { data } = options
  const method = (options.method ?? 'GET').toUpperCase()
  if (!METHODS.includes(method)) throw new WxFail(`invalid method "${method}"`, 1001)
  const url = checkUrl(checkText(options.url, 'url'), sender.domains)
  const headers = headersOf(options.header ?? {}, sender)
  const type = headers.get('content-type') ?? ''
  if (method === 'GET' || method === 'HEAD') return new Request(withQuery(url, data), { method, headers, signal })
  const body = bodyOf(data, type)
  return new Request(url, { method, headers, signal, ...(body === undefined ? {} : { body }) })
}

/** @throws WxFail when it is not one, or of an origin that may not be called */
export function checkUrl(url: string, domains: readonly string[] | undefined): string {
  if (!/^https?:\/\/[^/]/i.test(url)) throw new WxFail(`invalid url "${url}"`, ERRNO.invalidUrl)
  if (domains && !domains.includes(new URL(url).origin))
    throw new WxFail('url not in domain list', ERRNO.urlNotInDomainList)
  return url
}

/** With the headers that WeChat sets itself. A browser that runs the phone drops both. */
export function headersOf(
  given: Readonly<Record<string, unknown>>,
  { appId, device }: Pick<Sender, 'appId' | 'device'>,
): Headers {
  const headers = new Headers({ 'content-type': 'application/json', 'user-agent': userAgent(device) })
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && name.toLowerCase() !== 'referer') headers.set(name, String(value))
  // The one header that a mini program cannot choose; "devtools" is the version of what is not released.
  headers.set('referer', `https://servicewechat.com/${appId}/devtools/page-frame.html`)
  return headers
}

function withQuery(url: string, data: WxRequestOptions['data']): string {
  if (typeof data !== 'object' || data instanceof ArrayBuffer) return url
  const query = formOf(data)
  if (query === '') return url
  const [before = '', hash] = url.split('#', 2)
  return `${before}${before.includes('?') ? '&' : '?'}${query}${hash === undefined ? '' : `#${hash}`}`
}

function bodyOf(data: WxRequestOptions['data'], contentType: string): string | ArrayBuffer | undefined {
  if (data === undefined || typeof data === 'string' || data instanceof ArrayBuffer) return data
  return contentType.includes('application/x-www-form-urlencoded') ? formOf(data) : JSON.stringify(data)
}

function formOf(data: object): string {
  return Object.entries(data)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(textOf(value))}`)
    .join('&')
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
