import { createAdmission, type Rank, type ShedReason } from '../domain/admission.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { EventLoop } from '../ports/event-loop.ts'
import type { Observe } from '../ports/observer.ts'
import type { HttpAnswer } from './http-message.ts'
import { problemOf } from './problem.ts'
import type { Route } from './route.ts'

/** How busy a server is. */
export interface ServerLoad {
  /** Requests that are not answered yet. */
  readonly underWay: number
  /** The longest that requests of one turn of the event loop have taken since the last question, in milliseconds. */
  readonly waitedMs: number
}

/** Stands at the door: counts who comes and goes, and answers those who cannot be served now. */
export interface ShedLoad {
  /**
   * When it came in, for `leave`, which must follow. `null`: {@link ShedLoad.answer} is the answer. `queued`: it came off
   * a connection; others, of this process, have not waited in any queue.
   */
  enter(rank: Rank, queued?: boolean): number | null
  leave(rank: Rank, enteredAt: number): void
  answer(requestId: string, refusal: Route['refusal']): HttpAnswer
  load(): ServerLoad
}

export interface ShedLoadTools {
  readonly maxUnderWay: number | undefined
  readonly loop: EventLoop
  readonly tell: Observe
}

/** Refusals are told together, at most so often: each in a line of its own would cost more than the refusal. */
const tellEveryMs = 1000

export function createShedLoad({ maxUnderWay, loop, tell }: ShedLoadTools): ShedLoad {
  const admission = createAdmission(maxUnderWay)
  const counts: Record<ShedReason, number> = { full: 0, slow: 0 }
  let toldAt = Number.NEGATIVE_INFINITY
  let turn: { startedAt: number; ahead: number } | null = null
  let longestMs = 0
  let answers = 0

  function endTurn(): void {
    const startedAt = turn?.startedAt ?? 0
    turn = null
    const now = loop.now()
    longestMs = Math.max(longestMs, now - startedAt)
    admission.turnEnded(startedAt, now)
    if (counts.full + counts.slow > 0 && now - toldAt >= tellEveryMs) tellCounts(now)
  }

  function tellCounts(now: number): void {
    toldAt = now
    const { underWay } = admission
    for (const reason of ['full', 'slow'] as const) {
      const count = counts[reason]
      counts[reason] = 0
      if (count > 0) tell({ type: 'requests-shed', reason, count, underWay, waitedMs: longestMs })
    }
  }

  return {
    enter(rank, queued = false) {
      const now = loop.now()
      if (turn === null) {
        turn = { startedAt: now, ahead: 0 }
        loop.afterTurn(endTurn)
      }
      const reason = admission.enter(rank, now, queued ? turn : null)
      turn.ahead += 1
      if (reason === null) return now
      counts[reason] += 1
      return null
    },
    leave: (rank, enteredAt) => admission.leave(rank, loop.now() - enteredAt),
    answer(requestId, refusal) {
      answers += 1
      return shedAnswer(pauseOf(answers), requestId, refusal)
    },
    load() {
      const load = { underWay: admission.underWay, waitedMs: longestMs }
      longestMs = 0
      return load
    },
  }
}

/** Seconds from 1 to 3 in turn, so that those who were refused together do not come back together. */
const pauseOf = (answers: number): number => 1 + (answers % 3)

/** Made beforehand: what refuses work must be far cheaper than the work. */
const shed = problemOf(new ProblemError('overloaded'), '')
const { requestId: _, retryAfterMs: __, ...common } = shed
const opening = JSON.stringify(common).slice(0, -1)

function shedAnswer(seconds: number, requestId: string, refusal: Route['refusal']): HttpAnswer {
  const retryAfterMs = seconds * 1000
  const headers = {
    'content-type': refusal ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
    'retry-after': String(seconds),
  }
  const body = refusal
    ? JSON.stringify(refusal({ ...shed, retryAfterMs, requestId }))
    : `${opening},"retryAfterMs":${retryAfterMs},"requestId":${JSON.stringify(requestId)}}`
  return { status: shed.status, headers, body }
}
