import type { Phase, Shot } from '../load/open-loop.ts'

/** What came of the requests of one phase. */
export interface PhaseResult {
  readonly asked: number
  /** Answers 200 a second that came in this phase, to requests of this or an earlier one. */
  readonly goodput: number
  /** Milliseconds from when a request was due to its answer. */
  readonly servedP50Ms: number
  readonly servedP99Ms: number
  readonly shedP99Ms: number
  /** Share of requests that got 503. */
  readonly shed: number
  /** Requests with another answer, or none. */
  readonly failed: number
}

/** The requests of each phase by when they were due, and what became of them. Pure. */
export function summarize(phases: readonly Phase[], shots: readonly Shot[]): readonly PhaseResult[] {
  let from = 0
  return phases.map(({ seconds }) => {
    const until = from + seconds * 1000
    const own = shots.filter(({ dueAt, status }) => status > 0 && dueAt >= from && dueAt < until)
    const cameIn = shots.filter(({ answeredAt, status }) => status === 200 && answeredAt >= from && answeredAt < until)
    from = until
    const served = waitsOf(own.filter(({ status }) => status === 200))
    const shed = waitsOf(own.filter(({ status }) => status === 503))
    return {
      asked: own.length,
      goodput: cameIn.length / seconds,
      servedP50Ms: quantile(served, 0.5),
      servedP99Ms: quantile(served, 0.99),
      shedP99Ms: quantile(shed, 0.99),
      shed: shed.length / Math.max(1, own.length),
      failed: own.length - served.length - shed.length,
    }
  })
}

const binMs = 100

/** Seconds from `afterMs` until 99 of 100 requests of each following tenth of a second got 200 within `goalMs`. */
export function recoverySeconds(shots: readonly Shot[], afterMs: number, goalMs: number): number {
  let recovered = 0
  const bins = new Map<number, { asked: number; good: number }>()
  for (const { dueAt, answeredAt, status } of shots) {
    if (dueAt < afterMs) continue
    const index = Math.floor((dueAt - afterMs) / binMs)
    const bin = bins.get(index) ?? { asked: 0, good: 0 }
    bin.asked += 1
    if (status === 200 && answeredAt - dueAt <= goalMs) bin.good += 1
    bins.set(index, bin)
  }
  for (const [index, { asked, good }] of bins) if (good < asked * 0.99) recovered = Math.max(recovered, index + 1)
  return (recovered * binMs) / 1000
}

const waitsOf = (shots: readonly Shot[]) =>
  shots.map(({ dueAt, answeredAt }) => answeredAt - dueAt).sort((a, b) => a - b)

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor((sorted.length - 1) * share)] ?? 0
