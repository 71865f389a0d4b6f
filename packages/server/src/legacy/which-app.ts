import { ProblemError } from '../domain/problem-error.ts'

/** Where a request can say which mini program sent it. */
interface Signs {
  /** The app id in the path, as in `/legacy/{appId}/user`. */
  readonly named: string | undefined
  readonly referer: string | null
}

/** The one header that a mini program cannot choose: `wx.request` sets it ("网络", referer 不可设置). */
const servicewechat = /^https:\/\/servicewechat\.com\/([A-Za-z0-9_-]{1,64})\/[^/?#]+\/page-frame\.html$/

/**
 * The app of a request whose body names none: the one in its path, the one in the Referer of `wx.request`, or the only
 * app that has this path. Signs that contradict each other, or name an app without this path, are refused. A forged
 * sign gains nothing: codes, handles and ciphertexts are good for their own app only.
 *
 * @throws ProblemError app_unknown.
 *
 * @example
 * whichApp(['wx1234567890abcdef'], { named: undefined, referer: null }) // 'wx1234567890abcdef'
 */
export function whichApp(served: readonly string[], { named, referer }: Signs): string {
  const sent = servicewechat.exec(referer ?? '')?.[1]
  const signs = [named, sent].filter(sign => sign !== undefined)
  const [app, other] = signs.length === 0 ? served : signs
  if (app !== undefined && served.includes(app) && (other === undefined || other === app)) return app
  throw new ProblemError('app_unknown', {
    detail: 'neither the path nor the Referer names one mini program of this path',
  })
}
