/** The failure object that `wx` hands to `fail`. */
export interface PlatformFailure {
  readonly errMsg: string
  readonly errno?: number
}

export interface PlatformRequest {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  /** Sent as JSON; absent means no body. */
  readonly body?: unknown
  readonly timeoutMs: number
}

/** One file of the phone, sent as `multipart/form-data`. */
export interface PlatformUpload {
  readonly url: string
  /** A path that the host app gave, such as the temporary one of a chosen avatar. */
  readonly filePath: string
  /** Name of the form field that carries the file. */
  readonly name: string
  /** The other fields of the form. */
  readonly formData: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

export interface PlatformResponse {
  readonly status: number
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON, or the text when it is not JSON. */
  readonly body: unknown
}

export interface PlatformTask<T> {
  /** Rejects with a {@link PlatformFailure}. */
  readonly done: Promise<T>
  abort(): void
}

/**
 * All that the core needs of the world; `/wx`, `/uni` and `/taro` supply it. No global is ever touched.
 * Promises of the platform may be macrotasks (iOS 15 and older), so nothing here may rely on their order.
 */
export interface Platform {
  /** `wx.login`. Rejects with a {@link PlatformFailure}. */
  login(): Promise<{ readonly code: string }>
  /** `wx.checkSession`: whether the session_key of the *last* code is still the valid one. */
  checkSession(): Promise<boolean>
  /** `wx.request`: every HTTP status resolves. */
  request(request: PlatformRequest): PlatformTask<PlatformResponse>
  /** `wx.uploadFile`, always a POST: every HTTP status resolves; the headers of the answer are not told. */
  upload(upload: PlatformUpload): PlatformTask<PlatformResponse>
  /** Whether the phone button's event carries a code (base library 2.21.2 and later); false when not known. */
  hasPhoneCode(): boolean
  /** An object that every copy of the SDK in this process sees, such as `wx`. Absent: copies meet on the device only. */
  readonly shared?: object | undefined
  /** Resolves to `null` when there is nothing, or nothing readable. */
  readStorage(key: string): Promise<string | null>
  /** Rejects with a {@link PlatformFailure} when the storage is full. */
  writeStorage(key: string, value: string): Promise<unknown>
  removeStorage(key: string): Promise<unknown>
  /** At least 16 random bytes as lower-case hex. */
  randomHex(): Promise<string>
  /** Milliseconds since 1970; the user can set this clock back. */
  now(): number
  /** Calls back once after `ms`, unless cancelled; may come much later when the app was in the background. */
  after(ms: number, run: () => void): { cancel(): void }
  /** Calls back whenever the app comes to the foreground, or the network comes back. */
  onReturn(run: () => void): void
}
