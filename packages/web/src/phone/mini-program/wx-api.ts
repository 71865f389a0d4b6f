/** How every asynchronous function of `wx` ends: `errMsg` is `<name>:ok` or `<name>:fail <reason>`. */
interface WxResult {
  readonly errMsg: string
}

interface Callbacks {
  readonly success?: (result: WxResult) => void
  readonly fail?: (result: WxResult) => void
  readonly complete?: (result: WxResult) => void
}

/** Thrown inside an API: its message becomes the reason after `fail`. */
export class WxApiFailure extends Error {}

type WxApi<Options> = (options?: Options & Callbacks) => Promise<WxResult> | undefined

/**
 * Gives a function the two styles of `wx`: with one of the callbacks it returns nothing, without it returns a promise.
 *
 * @example
 * wx.navigateTo = wxApi('navigateTo', ({ url }) => open(url))
 */
export function wxApi<Options extends object>(
  name: string,
  run: (options: Options) => object | undefined | Promise<object | undefined>,
): WxApi<Options> {
  return options => {
    const { success, fail, complete, ...own } = { ...options } as Options & Callbacks
    const done = settle(name, () => run(own as unknown as Options))
    if (!success && !fail && !complete) return done
    done.then(success, (failure: WxResult) => fail?.(failure)).catch(reportLater)
    done.then(complete, complete).catch(reportLater)
    return undefined
  }
}

async function settle(name: string, run: () => object | undefined | Promise<object | undefined>): Promise<WxResult> {
  try {
    return { ...(await run()), errMsg: `${name}:ok` }
  } catch (error) {
    if (!(error instanceof WxApiFailure)) reportLater(error)
    throw { errMsg: `${name}:fail ${error instanceof Error ? error.message : String(error)}` } satisfies WxResult
  }
}

/** An error of ours or of a callback is nobody's to catch: the browser shows it as uncaught. */
function reportLater(error: unknown): void {
  setTimeout(() => {
    throw error
  })
}
