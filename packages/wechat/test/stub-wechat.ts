import { type BreakerEvent, createWechat, type UpstreamEvent, type WechatOptions } from '../src/index.ts'
import { createManualTime } from './manual-time.ts'

export const appId = 'wx0000000000000001'
export const secret = '5ec2e7c0ffee5ec2e7c0ffee5ec2e7c0'
export const openId = 'oGZUI0egBJY1zhBYw2KhdUfwVJJE'
export const sessionKey = 'tiihtNczf5v6AKRyjwEUhQ=='
export const rid = '6129ee10-272863a4-64d75414'

/** One request as WeChat would see it. */
export interface StubCall {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  readonly url: string
}

/** A hand-written WeChat: an object is answered as JSON in text/plain, as `jscode2session` does; a Response as it is. */
export type Answer = (call: StubCall) => unknown

/** A client in front of a stub, with time by hand. */
export function stubWechat(answer: Answer, options: Partial<WechatOptions> = {}) {
  const time = createManualTime()
  const calls: StubCall[] = []
  const events: UpstreamEvent[] = []
  const breakerEvents: BreakerEvent[] = []
  const wechat = createWechat({
    apps: [{ appId, secret }],
    clock: time.clock,
    timer: time.timer,
    random: () => 0.5,
    observe: event => events.push(event),
    observeBreaker: event => breakerEvents.push(event),
    fetch: async request => {
      const call = await callOf(request)
      calls.push(call)
      const said = await answer(call)
      return said instanceof Response ? said : new Response(JSON.stringify(said), { headers: plainText })
    },
    ...options,
  })
  return { wechat, time, calls, events, breakerEvents, to: (path: string) => calls.filter(call => call.path === path) }
}

/** Answers the n-th request with the n-th entry, and the rest with the last. */
export function inTurn(...answers: readonly Answer[]): Answer {
  let next = 0
  return call => answers[Math.min(next++, answers.length - 1)]?.(call)
}

/** An answer that comes when the test says so. */
export function later() {
  let resolve: (answer: unknown) => void = () => undefined
  const promise = new Promise(done => {
    resolve = done
  })
  return { promise, resolve }
}

/** Tokens `token-1`, `token-2`, … and `answer` for everything else. */
export function withTokens(answer: Answer, expiresIn = 7200): Answer {
  let count = 0
  return call => {
    if (call.path !== '/cgi-bin/stable_token') return answer(call)
    count += 1
    return { access_token: `token-${count}`, expires_in: expiresIn }
  }
}

export const refuse = (errcode: number, errmsg = 'refused') => ({ errcode, errmsg: `${errmsg}, rid: ${rid}` })
export const session = { openid: openId, session_key: sessionKey }
export const phoneInfo = {
  errcode: 0,
  errmsg: 'ok',
  phone_info: {
    phoneNumber: '13800138000',
    purePhoneNumber: '13800138000',
    countryCode: '86',
    watermark: { timestamp: 1_790_000_000, appid: appId },
  },
}

/** What a fetch throws when there is no connection, with a message that gives everything away. */
export function connectionError(code: string, url: string): Error {
  const cause = Object.assign(new Error(`connect ${code} ${url}`), { code, url })
  return new TypeError(`fetch failed: ${url}`, { cause })
}

const plainText = { 'content-type': 'text/plain' }

async function callOf(request: Request): Promise<StubCall> {
  const { pathname, searchParams } = new URL(request.url)
  const text = await request.text()
  return {
    method: request.method,
    path: pathname,
    query: Object.fromEntries(searchParams),
    body: text === '' ? {} : JSON.parse(text),
    url: request.url,
  }
}
