import type { RequestTrace, TraceQuery, TraceStore } from '../../ports/trace-store.ts'
import { pageOf } from './page-of.ts'

export interface TracesTools {
  readonly isLive: (userId: string) => boolean
}

/** What came of requests. */
export function createTraces({ isLive }: TracesTools) {
  const rows = new Map<string, RequestTrace>()

  const store: TraceStore = {
    async addTraces(traces) {
      for (const trace of traces) {
        const userId = trace.userId !== null && isLive(trace.userId) ? trace.userId : null
        if (!rows.has(trace.id)) rows.set(trace.id, { ...trace, userId })
      }
    },
    tracesOf: async (query, page) => {
      const meant = [...rows.values()].filter(row => isMeant(query, row))
      return pageOf(
        meant.sort((a, b) => (a.id < b.id ? 1 : -1)),
        ({ id }) => id,
        page,
      )
    },
  }

  return {
    store,
    /** Takes the name of a user out of every trace. */
    forget(userId: string): void {
      for (const row of rows.values()) if (row.userId === userId) rows.set(row.id, { ...row, userId: null })
    },
    /** Answers how many went. */
    sweep(now: number): number {
      const past = [...rows.values()].filter(({ until }) => until <= now)
      for (const { id } of past) rows.delete(id)
      return past.length
    },
  }
}

function isMeant(query: TraceQuery, row: RequestTrace): boolean {
  if (query.by === 'failure') return row.status >= 400
  return { request: row.requestId, rid: row.rid, user: row.userId }[query.by] === query.value
}
