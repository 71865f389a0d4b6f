// Reads better whole: what of a request is kept, for how long, and how much of it at most.
import { type SaidNo, WechatFault } from '@weapp-auth/protocol/wechat'
import type { Ids } from '../domain/ids.ts'
import { limits } from '../domain/limits.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe, ServerEvent } from '../ports/observer.ts'
import type { RequestTrace, TraceStep, TraceStore } from '../ports/trace-store.ts'
import type { WechatPlatform } from '../ports/wechat-platform.ts'

/** `on`: requests that failed, and some of those that did not; `failures`: the former only. */
export type TraceKeeping = 'on' | 'failures' | 'off'

export interface KeepTracesTools {
  readonly store: TraceStore
  readonly clock: Clock
  readonly newId: Ids
  readonly keeping: TraceKeeping
}

/** Gathers the story of each request in memory, and writes those down that somebody may ask for. */
export interface KeepTraces {
  readonly note: Observe
  /** The same client of WeChat; what comes of each call becomes a step of its request. */
  watch(wechat: WechatPlatform): WechatPlatform
  /** Writes what waits, a few rows a step. What the store cannot take is kept for the next time, as far as there is room. */
  flush(): Promise<void>
}

type Facts = TraceStep['facts']

interface Story {
  readonly startedAt: number
  readonly steps: { readonly at: number; readonly type: string; readonly facts: Facts }[]
  appId: string | null
  userId: string | null
  errcode: number | null
  rid: string | null
  /** Something broke. */
  fault: boolean
}

/** Which events are steps, and what of them is kept: no number, not even masked, no name, no id but the user's. */
const factsOf: { readonly [T in ServerEvent['type']]?: readonly (keyof Extract<ServerEvent, { type: T }>)[] } = {
  'user-created': [],
  'login-recorded': ['keyKept'],
  'login-refused': ['code'],
  'phone-recorded': ['change', 'source'],
  'phone-refused': ['source', 'code'],
  'phone-transferred': [],
  'clock-skew': ['aheadMs'],
  'open-data-refused': ['burnt'],
  'open-data-doubted': ['reason'],
  'sms-sent': ['provider'],
  'sms-failed': ['provider', 'status', 'reason'],
  'session-rotated': [],
  'session-ended': ['reason'],
  'profile-recorded': ['field', 'cleared'],
  'consent-recorded': ['scope', 'status'],
  'union-id-conflict': [],
  'push-received': ['event', 'repeated'],
  'push-ignored': ['reason'],
  'push-refused': ['reason'],
  fault: ['name', 'code'],
}

/** Stories of requests under way; one that never ends (its connection hangs) gives way. */
const mostOpen = 4096
const mostSteps = 16
const mostText = 64
/** Rows that wait for the next write. */
const mostWaiting = 2000
/** Of requests that did not fail, between two writes: all of a small service, a sample of a large one. */
const mostFine = 20
/** What one process writes in an hour, so that who fails on purpose cannot fill the disk; of one kind, nor hide the rest. */
const mostPerHour = 5000
const mostOfKind = 1000
/** Rows of one step. */
const batch = 50
const hour = 3_600_000

export function createKeepTraces({ store, clock, newId, keeping }: KeepTracesTools): KeepTraces {
  const stories = new Map<string, Story>()
  let waiting: RequestTrace[] = []
  let writing: Promise<void> = Promise.resolve()
  let fine = 0
  let failed = { hour: 0, total: 0, ofKind: new Map<string, number>() }

  function storyOf(requestId: string): Story {
    const known = stories.get(requestId)
    if (known) return known
    const [oldest] = stories.size >= mostOpen ? stories.keys() : []
    if (oldest !== undefined) stories.delete(oldest)
    const startedAt = clock.now()
    const story = { startedAt, steps: [], appId: null, userId: null, errcode: null, rid: null, fault: false }
    stories.set(requestId, story)
    return story
  }

  function add({ steps }: Story, type: string, facts: Facts): void {
    if (steps.length < mostSteps) steps.push({ at: clock.now(), type, facts })
  }

  function said(story: Story, errcode: number | undefined, rid: string | undefined): void {
    if (errcode === undefined) return
    story.errcode = errcode
    story.rid = rid?.slice(0, mostText) ?? null
  }

  function note(event: ServerEvent): void {
    if (event.type === 'request') {
      finish(event)
      return
    }
    const kept = factsOf[event.type] as readonly string[] | undefined
    if (kept === undefined || !('requestId' in event)) return
    const story = storyOf(event.requestId)
    if ('appId' in event) story.appId = event.appId
    if ('userId' in event) story.userId = event.userId
    if (event.type === 'fault') {
      story.fault = true
      said(story, event.errcode, event.rid)
      // The call of WeChat that failed is a step already.
      if (event.api !== undefined) return
    }
    const entries = kept.map(name => [name, shortened((event as Readonly<Record<string, unknown>>)[name])])
    add(story, event.type, Object.fromEntries(entries))
  }

  function finish({ requestId, method, route, status, code, durationMs }: RequestEvent): void {
    const story = stories.get(requestId)
    stories.delete(requestId)
    const isFailure = status >= 400
    if (isFailure ? !mayFail({ method, route, code: code ?? '' }, story) : !mayPass(route, story)) return
    const now = clock.now()
    const at = now - durationMs
    const { appId = null, userId = null, errcode = null, rid = null, steps = [] } = story ?? {}
    waiting.push({
      id: newId(),
      requestId,
      at,
      tookMs: durationMs,
      appId,
      userId,
      method,
      route,
      status,
      code: code ?? null,
      errcode,
      rid,
      steps: steps.map(({ at: stepAt, ...step }) => ({ afterMs: Math.max(0, stepAt - at), ...step })),
      until: now + (isFailure ? limits.failedTrace : limits.fineTrace),
    })
  }

  /** Reading with an access token that has expired is everyday life, and whoever tries out paths has no story. */
  function mayFail({ method, route, code }: Kind, story: Story | undefined): boolean {
    const isTold = method !== 'GET' && method !== 'HEAD' && route !== '(unknown)' && !route.startsWith('/admin/')
    if (!story?.fault && !isTold) return false
    if (waiting.length >= mostWaiting) return false
    const thisHour = Math.floor(clock.now() / hour)
    if (failed.hour !== thisHour) failed = { hour: thisHour, total: 0, ofKind: new Map() }
    const kind = `${route} ${code}`
    const ofKind = failed.ofKind.get(kind) ?? 0
    if (failed.total >= mostPerHour || ofKind >= mostOfKind) return false
    failed.total += 1
    failed.ofKind.set(kind, ofKind + 1)
    return true
  }

  function mayPass(route: string, story: Story | undefined): boolean {
    if (keeping !== 'on' || !story || route.startsWith('/admin/') || fine >= mostFine) return false
    fine += 1
    return true
  }

  /** Makes a step of what comes of a call. */
  function watched<I extends { readonly appId: string; readonly requestId?: string }, O extends Outcome>(
    api: string,
    ask: (input: I) => Promise<O>,
  ): (input: I) => Promise<O> {
    return async input => {
      const { appId, requestId } = input
      if (requestId === undefined) return ask(input)
      const story = storyOf(requestId)
      story.appId = appId
      const startedAt = clock.now()
      const tell = (called: string, outcome: string, { errcode, rid }: Partial<SaidNo> = {}) => {
        said(story, errcode, rid)
        const tookMs = clock.now() - startedAt
        const more = { ...(errcode !== undefined && { errcode }), ...(rid !== undefined && { rid: shortened(rid) }) }
        add(story, 'wechat', { api: called, outcome, tookMs, ...more })
      }
      try {
        const outcome = await ask(input)
        tell(api, outcome.status, outcome.said)
        return outcome
      } catch (error) {
        if (!(error instanceof WechatFault)) throw error
        const { errcode, rid } = error
        tell(error.api, error.code, { ...(errcode !== undefined && { errcode }), ...(rid !== undefined && { rid }) })
        throw error
      }
    }
  }

  async function write(): Promise<void> {
    fine = 0
    const taken = waiting
    waiting = []
    while (taken.length > 0) {
      try {
        await store.addTraces(taken.slice(0, batch))
        taken.splice(0, batch)
      } catch (error) {
        waiting = [...taken, ...waiting].slice(0, mostWaiting)
        throw error
      }
    }
  }

  return {
    note,
    watch: wechat => {
      const { checkApp, setApp, removeApp, setComponent, authorization } = wechat
      return {
        codeToSession: watched('codeToSession', input => wechat.codeToSession(input)),
        phoneByCode: watched('phoneByCode', input => wechat.phoneByCode(input)),
        checkEncryptedData: watched('checkEncryptedData', input => wechat.checkEncryptedData(input)),
        accessToken: appId => wechat.accessToken(appId),
        ...(checkApp && { checkApp: appId => checkApp.call(wechat, appId) }),
        ...(setApp && { setApp: app => setApp.call(wechat, app) }),
        ...(removeApp && { removeApp: appId => removeApp.call(wechat, appId) }),
        ...(setComponent && { setComponent: component => setComponent.call(wechat, component) }),
        ...(authorization && { authorization: input => authorization.call(wechat, input) }),
      }
    },
    flush() {
      // Whoever comes while others write waits for them, so that what they took is found.
      writing = writing.catch(() => undefined).then(write)
      return writing
    },
  }
}

type RequestEvent = Extract<ServerEvent, { type: 'request' }>
type Kind = Pick<RequestEvent, 'method' | 'route'> & { readonly code: string }

interface Outcome {
  readonly status: string
  readonly said?: SaidNo
}

function shortened(fact: unknown): string | number | boolean {
  return typeof fact === 'number' || typeof fact === 'boolean' ? fact : String(fact).slice(0, mostText)
}
