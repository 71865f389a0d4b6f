import type { PlatformFailure } from '../platform.ts'

/** What every asynchronous call of `wx` takes. */
interface Callbacks<Result> {
  readonly success: (result: Result) => void
  readonly fail: (failure: PlatformFailure) => void
}

/** What `wx.request` hands to `success`, whatever the HTTP status is. */
export interface WxResponse {
  readonly statusCode: number
  readonly header?: Readonly<Record<string, unknown>>
  readonly data: unknown
}

/**
 * The part of `wx` that is used, from base library 2.2.1 (the first that takes npm packages) on; what came later is
 * optional. Everything that looks like `wx` fits; no typings package is needed.
 */
export interface WxHost {
  login(options: { readonly timeout: number } & Callbacks<{ readonly code: string }>): unknown
  checkSession(options: Callbacks<unknown>): unknown
  request(
    options: {
      readonly url: string
      readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
      readonly header: Record<string, string>
      readonly data?: string | undefined
      readonly dataType: string
      readonly timeout: number
    } & Callbacks<WxResponse>,
  ): { abort(): void }
  getStorage(
    options: { readonly key: string; readonly encrypt?: boolean } & Callbacks<{ readonly data: unknown }>,
  ): unknown
  setStorage(
    options: { readonly key: string; readonly data: string; readonly encrypt?: boolean } & Callbacks<unknown>,
  ): unknown
  removeStorage(options: { readonly key: string } & Callbacks<unknown>): unknown
  /** Base library 2.15.0. */
  getRandomValues?(options: { readonly length: number } & Callbacks<{ readonly randomValues: ArrayBuffer }>): unknown
  /** Base library 2.20.1. */
  getAppBaseInfo?(): { readonly SDKVersion?: string | undefined }
  onAppShow(run: () => void): void
  offAppShow(run: () => void): void
  onAppHide(run: () => void): void
  offAppHide(run: () => void): void
}
