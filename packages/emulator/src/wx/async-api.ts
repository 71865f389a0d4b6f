import { toFailure, type WxFail, type WxFailure } from './fail.ts'

/** What every successful call says besides its result. */
export interface WxOk {
  readonly errMsg: string
}

export interface WxCallbacks<Result> {
  readonly success?: (result: Result & WxOk) => void
  readonly fail?: (failure: WxFailure) => void
  readonly complete?: (result: (Result & WxOk) | WxFailure) => void
}

type NoCallbacks = { readonly success?: undefined; readonly fail?: undefined; readonly complete?: undefined }

/** A `wx` call in both styles: a promise without callbacks, nothing with them. */
export interface AsyncApi<Options, Result> {
  (options?: Options & NoCallbacks): Promise<Result & WxOk>
  (options: Options & WxCallbacks<Result>): void
}

export interface AsyncApiTools {
  /** Hands a result over to the mini program: later, when it is suspended. */
  readonly deliver: (run: () => void) => void
  /** Is told what a callback threw. */
  readonly failed: (error: unknown) => void
  readonly withErrno: boolean
  /** The promises that calls answer. */
  readonly promise: PromiseConstructor
  /** A call of this API begins: answers the failure that it shall have instead. */
  readonly before: (api: string) => WxFail | undefined
}

/** Calls back exactly one of success and fail, then complete; never before the call has returned. */
export function settle<Result extends object>(
  api: string,
  callbacks: WxCallbacks<Result>,
  done: Promise<Result>,
  { deliver, failed, withErrno }: AsyncApiTools,
): void {
  const tell = (run: () => void) =>
    deliver(() => {
      try {
        run()
      } catch (error) {
        failed(error)
      }
    })
  const ended = <T>(first: ((value: T) => void) | undefined, last: ((value: T) => void) | undefined, value: T) => {
    tell(() => first?.(value))
    tell(() => last?.(value))
  }
  done.then(
    result => ended(callbacks.success, callbacks.complete, { ...result, errMsg: `${api}:ok` }),
    error => ended(callbacks.fail, callbacks.complete, toFailure(api, error, withErrno)),
  )
}

/**
 * Makes a `wx` call from a function that resolves to its result or throws.
 *
 * @example
 * const login = asyncApi('login', tools, async () => ({ code: await issued }))
 */
export function asyncApi<Options extends object, Result extends object>(
  api: string,
  tools: AsyncApiTools,
  run: (options: Options) => Promise<Result>,
): AsyncApi<Options, Result> {
  function call(options: Options & WxCallbacks<Result> = {} as Options) {
    const failure = tools.before(api)
    const done = failure ? Promise.reject(failure) : run(options)
    if (options.success || options.fail || options.complete) return settle(api, options, done, tools)
    return new tools.promise<Result & WxOk>((resolve, reject) =>
      settle(api, { success: resolve, fail: reject }, done, tools),
    )
  }
  return call as AsyncApi<Options, Result>
}
