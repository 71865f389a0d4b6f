import type { PlatformFailure } from '../platform.ts'

/** What every asynchronous call of `wx` takes. */
interface Callbacks<Result> {
  readonly success: (result: Result) => void
  readonly fail: (failure: PlatformFailure) => void
}

/** What `wx.request` and `wx.uploadFile` hand to `success`, whatever the HTTP status is; the latter tells no headers. */
export interface WxResponse {
  readonly statusCode: number
  readonly header?: Readonly<Record<string, unknown>>
  readonly data: unknown
}

/** What the calls to a server have in common. */
interface TransferOptions extends Callbacks<WxResponse> {
  readonly url: string
  /** For `uploadFile` without a content type: the boundary is made by the host. */
  readonly header: Readonly<Record<string, string>>
  readonly timeout: number
}

/**
 * The part of `wx` that is used, from base library 2.2.1 (the first that takes npm packages) on; what came later is
 * optional. Everything that looks like `wx` fits; no typings package is needed.
 */
export interface WxHost {
  login(options: { readonly timeout: number } & Callbacks<{ readonly code: string }>): unknown
  checkSession(options: Callbacks<unknown>): unknown
  request(
    options: TransferOptions & {
      readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
      readonly data?: string | undefined
      readonly dataType: string
    },
  ): { abort(): void }
  uploadFile(
    options: TransferOptions & {
      readonly filePath: string
      readonly name: string
      readonly formData: Readonly<Record<string, string>>
    },
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
  onNetworkStatusChange(run: (network: { readonly isConnected: boolean }) => void): void
}
