import type { Platform, PlatformResponse, PlatformTask } from '../platform.ts'
import { within } from './wait.ts'

/** The platform keeps the time of a request itself; this much later we stop believing in its callback. */
const lostAfterMs = 2000

interface Sendable {
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

/** Sends with one of the platform's calls, and with the access token, if there is one; settles in any case. */
export function send<T extends Sendable>(
  platform: Platform,
  call: (request: T) => PlatformTask<PlatformResponse>,
  request: T,
  accessToken: string | undefined,
): PlatformTask<PlatformResponse> {
  const authorization = accessToken && { authorization: `Bearer ${accessToken}` }
  const headers = Object.assign({}, request.headers, authorization)
  const task = call(Object.assign({}, request, { headers }))
  const abort = () => task.abort()
  const done = within(platform, request.timeoutMs + lostAfterMs, task.done)
  // Only ten requests may be under way: one that was given up must not keep its place ("wx.request").
  done.catch(abort)
  return { done, abort }
}
