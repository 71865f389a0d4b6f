import type { Platform, PlatformRequest, PlatformResponse, PlatformTask } from '../platform.ts'
import { givesPhoneCode } from './gives-phone-code.ts'
import type { WxHost } from './wx-host.ts'

declare function setTimeout(run: () => void, ms: number): unknown
declare function clearTimeout(timer: unknown): void

interface Results {
  login: { readonly code: string }
  checkSession: unknown
  getStorage: { readonly data: unknown }
  setStorage: unknown
  removeStorage: unknown
  getRandomValues: { readonly randomValues: ArrayBuffer }
}

/** Makes a platform of `wx`. Every call is given callbacks: `wx.login` is documented to return no promise. */
export function platformOf(host: WxHost): Platform {
  /** Rejects also when the base library does not have the call. */
  function call<Name extends keyof Results>(name: Name, options: object): Promise<Results[Name]> {
    return new Promise((success, fail) => {
      const run = host[name] as (this: WxHost, options: object) => unknown
      // Taro answers a promise as well; if nobody heard it, its rejection would count as unhandled.
      Promise.resolve(run.call(host, Object.assign({ success, fail }, options))).catch(fail)
    })
  }

  return {
    login: () => call('login', { timeout: 10_000 }),
    checkSession: () =>
      call('checkSession', {}).then(
        () => true,
        () => false,
      ),
    request: request => send(host, request),
    hasPhoneCode: () => givesPhoneCode(host),
    // Encrypted since base library 2.21.3 ("wx.setStorage"); older ones do not know the option and keep the plain text.
    readStorage: key =>
      call('getStorage', { key, encrypt: true }).then(
        ({ data }) => String(data),
        () => null,
      ),
    writeStorage: (key, data) => call('setStorage', { key, data, encrypt: true }),
    removeStorage: key => call('removeStorage', { key }),
    randomHex: () => call('getRandomValues', { length: 16 }).then(hex, weakHex),
    now: () => Date.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms)
      return { cancel: () => clearTimeout(timer) }
    },
    onShow(run) {
      host.onAppShow(run)
      return () => host.offAppShow(run)
    },
    onHide(run) {
      host.onAppHide(run)
      return () => host.offAppHide(run)
    },
  }
}

function send(
  host: WxHost,
  { url, method, headers, body, timeoutMs }: PlatformRequest,
): PlatformTask<PlatformResponse> {
  let abort = () => {}
  const done = new Promise<PlatformResponse>((resolve, fail) => {
    const task = host.request({
      url,
      // wx.request knows no PATCH ("wx.request", parameter method).
      method: method as Exclude<typeof method, 'PATCH'>,
      header: Object.assign({ 'content-type': 'application/json' }, headers),
      data: JSON.stringify(body),
      // Anything but "json" leaves the text alone: it is parsed here, where HTML is no surprise.
      dataType: 'text',
      timeout: timeoutMs,
      success: ({ statusCode, header, data }) =>
        resolve({ status: statusCode, headers: lowerCased(header), body: parsed(data) }),
      fail,
    })
    Promise.resolve(task).catch(fail)
    // Taro's abort answers that promise once more.
    abort = () => void task.abort()
  })
  return { done, abort: () => abort() }
}

function lowerCased(header: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of Object.keys(header)) headers[name.toLowerCase()] = String(header[name])
  return headers
}

function parsed(data: unknown): unknown {
  if (typeof data !== 'string') return data
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}

function hex({ randomValues }: Results['getRandomValues']): string {
  return Array.from(new Uint8Array(randomValues), byte => (byte + 256).toString(16).slice(1)).join('')
}

/**
 * Before base library 2.15.0 there is no secure source. Nonces need to differ, not to be secret from the device: a
 * guessed one helps only a thief who already has the refresh token.
 */
function weakHex(): string {
  const part = () => Math.random().toString(16).slice(2)
  return `${Date.now().toString(16)}${part()}${part()}00000`
}
