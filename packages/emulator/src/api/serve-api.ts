import type { Platform } from '../platform/platform.ts'
import { type Endpoint, refuse, type Verdict } from './endpoint.ts'
import { endpoints } from './endpoints.ts'
import { errmsgOf } from './errmsg.ts'
import type { Fault, FaultQueue } from './faults.ts'
import { spoilAnswer } from './spoil-answer.ts'

interface ServeTools {
  readonly platform: Platform
  readonly faults: FaultQueue
  /** Ends calls that were told never to be answered. */
  readonly closing: AbortSignal
}

type Shape = Pick<Endpoint, 'errmsgStyle' | 'contentType'>

const MAX_BODY = 1_048_576
const UNKNOWN_PATH: Shape = { errmsgStyle: 'plain', contentType: 'application/json; charset=UTF-8' }
const byPath = new Map(endpoints.map(endpoint => [endpoint.path, endpoint]))

/** WeChat's server API, web-standard. Refusals are HTTP 200 with an errcode, as on the platform. */
export function createServeApi({ platform, faults, closing }: ServeTools): (request: Request) => Promise<Response> {
  const counted = () => platform.memory.part('answers', () => ({ count: 0 }))

  function errmsg(errcode: number, { errmsgStyle }: Shape): string {
    const answers = counted()
    answers.count += 1
    return errmsgOf(errcode, errmsgStyle, { derive: platform.derive, now: platform.clock.now(), count: answers.count })
  }

  function bodyOf(verdict: Verdict, shape: Shape): string {
    if (verdict.granted) return JSON.stringify(verdict.body)
    return JSON.stringify({ errcode: verdict.errcode, errmsg: errmsg(verdict.errcode, shape) })
  }

  return async request => {
    const { pathname, searchParams } = new URL(request.url)
    const what = `${request.method} ${pathname}`
    const endpoint = byPath.get(pathname)
    const shape = endpoint ?? UNKNOWN_PATH
    const fault = endpoint && endpoint.method === request.method ? faults.take(endpoint.name) : undefined

    let answer = ''
    if (!fault || takesEffect(fault)) {
      const verdict = endpoint ? await judge(platform, endpoint, request, searchParams) : unknownPath(pathname)
      noteVerdict(platform, what, verdict)
      answer = bodyOf(verdict, shape)
    }
    if (!fault)
      return new Response(request.method === 'HEAD' ? null : answer, {
        headers: { 'content-type': shape.contentType },
      })
    noteFault(platform, what, fault)
    const { contentType } = shape
    const { timers } = platform
    return spoilAnswer(fault.fault, {
      request,
      answer,
      contentType,
      closing,
      timers,
      errmsg: code => errmsg(code, shape),
    })
  }
}

/** These spoil what WeChat really said. */
const NEEDS_ANSWER = new Set<unknown>(['truncated', 'wrong-type'])

function takesEffect({ when, fault }: Fault): boolean {
  return when === 'after' || NEEDS_ANSWER.has(fault) || (typeof fault === 'object' && 'slowMs' in fault)
}

async function judge(platform: Platform, endpoint: Endpoint, request: Request, query: URLSearchParams) {
  if (request.method !== endpoint.method)
    return endpoint.method === 'GET'
      ? refuse(43001, '这个接口要用 GET', 'this API wants GET')
      : refuse(43002, '这个接口要用 POST', 'this API wants POST')
  const body = endpoint.method === 'POST' ? await request.text() : ''
  if (body.length > MAX_BODY) return refuse(45002, '请求体太大', 'the body is too large')
  return endpoint.handle(platform, { query, body })
}

function unknownPath(pathname: string): Verdict {
  const known = endpoints.map(({ method, path }) => `${method} ${path}`).join(', ')
  return refuse(
    40066,
    `没有模拟这个接口：${pathname}；有的是 ${known}`,
    `not imitated: ${pathname}; there are ${known}`,
  )
}

function noteVerdict({ journal }: Platform, what: string, verdict: Verdict): void {
  const { appId, personId, text, facts } = verdict
  const errcode = verdict.granted ? 0 : verdict.errcode
  journal.add({
    side: 'http',
    what,
    ok: verdict.granted,
    text,
    facts: { errcode, ...facts },
    ...(appId === undefined ? {} : { appId }),
    ...(personId === undefined ? {} : { personId }),
  })
}

function nameOf(fault: Fault['fault']): string {
  if (typeof fault === 'string') return fault
  return 'slowMs' in fault ? `slow, ${fault.slowMs} ms` : `errcode ${fault.errcode}`
}

function noteFault({ journal }: Platform, what: string, asked: Fault): void {
  const { fault } = asked
  const when = takesEffect(asked) ? 'after' : 'before'
  const name = nameOf(fault)
  journal.add({
    side: 'http',
    what,
    ok: false,
    text: {
      zh: `按你的要求出故障：${name}（${when === 'after' ? '已生效' : '未生效'}）`,
      en: `failed as you asked: ${name} (${when} the effect)`,
    },
    facts: { fault: name, when },
  })
}
