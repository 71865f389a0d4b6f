import type { Platform } from '../platform/platform.ts'
import type { SealedAnswer } from '../secure-mode/seal-answer.ts'
import type { SecureMode } from '../secure-mode/secure-mode.ts'
import { blankBody, blankQuery } from './blank-secrets.ts'
import { type Caller, callerIp } from './caller-ip.ts'
import { type ApiCall, type Endpoint, type Refused, refuse, type Verdict } from './endpoint.ts'
import { endpoints } from './endpoints.ts'
import { errmsgOf } from './errmsg.ts'
import type { Fault, FaultQueue } from './faults.ts'
import { spoilAnswer } from './spoil-answer.ts'

interface ServeTools {
  readonly platform: Platform
  readonly faults: FaultQueue
  readonly secureMode: Pick<SecureMode, 'open' | 'seal'>
  /** Ends calls that were told never to be answered. */
  readonly closing: AbortSignal
}

type Shape = Pick<Endpoint, 'errmsgStyle' | 'contentType'>

/** A request as getRidInfo tells it later. */
interface Asked extends Pick<ApiCall, 'query' | 'body' | 'ip'> {
  readonly path: string
}

const MAX_BODY = 1_048_576
const UNKNOWN_PATH: Shape = { errmsgStyle: 'plain', contentType: 'application/json; charset=UTF-8' }
const byPath = new Map<string, Endpoint>(endpoints.map(endpoint => [endpoint.path, endpoint]))

type ServeApi = (request: Request, caller?: Caller) => Promise<Response>

/** WeChat's server API, web-standard. Refusals are HTTP 200 with an errcode, as on the platform. */
export function createServeApi({ platform, faults, secureMode, closing }: ServeTools): ServeApi {
  const counted = () => platform.memory.part('answers', () => ({ count: 0 }))

  function errmsg(errcode: number, { errmsgStyle }: Shape, text?: string) {
    const answers = counted()
    answers.count += 1
    const { derive, clock, options } = platform
    const ids = options.errmsgIds
    return errmsgOf(errcode, errmsgStyle, { derive, now: clock.now(), count: answers.count, text, ids })
  }

  function answerOf(verdict: Verdict, shape: Shape, asked: Asked): string {
    if (verdict.granted) return JSON.stringify(verdict.body)
    const { errcode } = verdict
    const { errmsg: text, rid } = errmsg(errcode, shape, verdict.errmsg)
    const answer = JSON.stringify({ errcode, errmsg: text })
    if (rid !== null) rememberRid(platform, rid, asked, verdict, answer)
    return answer
  }

  /** What WeChat says to the call, in secure mode when it came so. */
  async function say(
    asked: Asked,
    endpoint: Endpoint | undefined,
    { method, headers }: Request,
  ): Promise<SealedAnswer> {
    const shape = endpoint ?? UNKNOWN_PATH
    const secure = await secureMode.open({ ...asked, headers })
    const opened = secure && !('granted' in secure) ? secure : null
    const verdict =
      secure && 'granted' in secure ? secure : verdictOn(platform, method, { ...asked, ...opened }, endpoint)
    noteVerdict(platform, `${method} ${asked.path}`, verdict)
    const body = answerOf(verdict, shape, asked)
    const type = { 'content-type': shape.contentType }
    if (!opened) return { body, headers: type }
    const sealed = await secureMode.seal(asked.path, opened, body)
    return { body: sealed.body, headers: { ...type, ...sealed.headers } }
  }

  return async (request, caller = {}) => {
    const { pathname, searchParams } = new URL(request.url)
    const what = `${request.method} ${pathname}`
    const endpoint = byPath.get(pathname)
    const shape = endpoint ?? UNKNOWN_PATH
    const fault = endpoint && takes(endpoint, request.method) ? faults.take(endpoint.name) : undefined

    let said: SealedAnswer = { body: '', headers: { 'content-type': shape.contentType } }
    if (!fault || takesEffect(fault)) {
      const body = request.method === 'POST' ? await request.text() : ''
      const asked = { path: pathname, query: searchParams, body, ip: callerIp(request, caller) }
      said = await say(asked, endpoint, request)
    }
    const { body: answer, headers } = said
    if (!fault) return new Response(request.method === 'HEAD' ? null : answer, { headers })
    noteFault(platform, what, fault)
    const { timers } = platform
    return spoilAnswer(fault.fault, {
      request,
      answer,
      headers,
      closing,
      timers,
      errmsg: code => errmsg(code, shape).errmsg,
    })
  }
}

/** These spoil what WeChat really said. */
const NEEDS_ANSWER = new Set<unknown>(['truncated', 'wrong-type'])

function takesEffect({ when, fault }: Fault): boolean {
  return when === 'after' || NEEDS_ANSWER.has(fault) || (typeof fault === 'object' && 'slowMs' in fault)
}

function takes({ method, postToo }: Endpoint, given: string): boolean {
  return given === method || (postToo === true && given === 'POST')
}

function verdictOn(platform: Platform, method: string, asked: Asked, endpoint: Endpoint | undefined): Verdict {
  return endpoint ? judge(platform, method, { endpoint, ...asked }) : unknownPath(asked.path)
}

function judge(platform: Platform, method: string, call: ApiCall): Verdict {
  const { endpoint, body } = call
  if (!takes(endpoint, method))
    return endpoint.method === 'GET'
      ? refuse(43001, '这个接口要用 GET', 'this API wants GET')
      : refuse(43002, '这个接口要用 POST', 'this API wants POST')
  if (body.length > MAX_BODY) return refuse(45002, '请求体太大', 'the body is too large')
  return endpoint.handle(platform, call)
}

function rememberRid(
  { state, clock }: Platform,
  rid: string,
  { path, query, body, ip }: Asked,
  { appId }: Refused,
  response: string,
): void {
  state.rids.add({
    rid,
    appId: appId ?? null,
    path,
    at: clock.now(),
    query: blankQuery(query),
    body: blankBody(body),
    response,
    ip,
  })
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
