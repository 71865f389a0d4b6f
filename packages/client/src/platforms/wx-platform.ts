import type { Platform, PlatformRequest, PlatformResponse, PlatformTask, PlatformUpload } from '../platform.ts'
import { givesPhoneCode } from './gives-phone-code.ts'
import type { WxHost, WxResponse } from './wx-host.ts'

declare const wx: object | undefined
declare function setTimeout(run: () => void, ms: number): unknown
declare function clearTimeout(timer: unknown): void

interface Results {
  login: { readonly code: string }
  checkSession: unknown
  request: WxResponse
  uploadFile: WxResponse
  getStorage: { readonly data: unknown }
  setStorage: unknown
  removeStorage: unknown
  getRandomValues: { readonly randomValues: ArrayBuffer }
}

/** Makes a platform of `wx`. Every call is given callbacks: `wx.login` is documented to return no promise. */
export function platformOf(host: WxHost): Platform {
  /** Rejects also when the base library does not have the call. `started` gets what the call returns. */
  function call<Name extends keyof Results>(
    name: Name,
    options: object,
    started?: (task: unknown) => void,
  ): Promise<Results[Name]> {
    return new Promise((success, fail) => {
      const run = host[name] as (this: WxHost, options: object) => unknown
      const task = run.call(host, Object.assign({ success, fail }, options))
      started?.(task)
      // Taro answers a promise as well; if nobody heard it, its rejection would count as unhandled.
      Promise.resolve(task).catch(fail)
    })
  }

  function transfer(
    name: 'request' | 'uploadFile',
    { url, headers: header, timeoutMs: timeout }: PlatformRequest | PlatformUpload,
    own: object,
  ): PlatformTask<PlatformResponse> {
    let task: { abort(): void } | undefined
    const done = call(name, Object.assign({ url, header, timeout }, own), started => {
      task = started as typeof task
    })
    // Taro's abort answers the promise of its task once more.
    return { done: done.then(readResponse), abort: () => void task?.abort() }
  }

  return {
    login: () => call('login', { timeout: 10_000 }),
    checkSession: () =>
      call('checkSession', {}).then(
        () => true,
        () => false,
      ),
    request: request =>
      transfer('request', request, {
        // wx.request knows no PATCH ("wx.request", parameter method).
        method: request.method,
        header: Object.assign({ 'content-type': 'application/json' }, request.headers),
        data: JSON.stringify(request.body),
        // Anything but "json" leaves the text alone: it is parsed here, where HTML is no surprise.
        dataType: 'text',
      }),
    upload: upload => {
      const { filePath, name, formData } = upload
      return transfer('uploadFile', upload, { filePath, name, formData })
    },
    // Each bundle of uni-app has a `uni` of its own; what they all see is `wx`.
    shared: typeof wx === 'undefined' ? host : wx,
    hasPhoneCode: () => givesPhoneCode(host),
    // Encrypted since base library 2.21.3 ("wx.setStorage"); older ones do not know the option and keep the plain text.
    readStorage: key =>
      call('getStorage', { key, encrypt: true }).then(
        ({ data }) => String(data),
        () => null,
      ),
    writeStorage: (key, data) => call('setStorage', { key, data, encrypt: true }),
    removeStorage: key => call('removeStorage', { key }),
    randomHex: () =>
      call('getRandomValues', { length: 16 })
        .then(({ randomValues }) => randomValues, weakRandom)
        .then(hex),
    now: () => Date.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms)
      return { cancel: () => clearTimeout(timer) }
    },
    onReturn(run) {
      host.onAppShow(run)
      host.onNetworkStatusChange(({ isConnected }) => isConnected && run())
    },
  }
}

function readResponse({ statusCode, header, data }: WxResponse): PlatformResponse {
  return { status: statusCode, headers: lowerCased(header), body: parsed(data) }
}

function lowerCased(header: WxResponse['header']): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name in header) headers[name.toLowerCase()] = String(header[name])
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

function hex(bytes: ArrayBuffer | readonly number[]): string {
  return Array.from(new Uint8Array(bytes), byte => (byte + 256).toString(16).slice(1)).join('')
}

/**
 * Before base library 2.15.0 there is no secure source. Nonces need to differ, not to be secret from the device: a
 * guessed one helps only a thief who already has the refresh token.
 */
function weakRandom(): readonly number[] {
  return Array.from({ length: 16 }, () => Math.random() * 256)
}
