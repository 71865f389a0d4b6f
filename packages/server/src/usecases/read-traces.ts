import { explain } from '@weapp-auth/protocol'
import type { TraceAnswer, TraceStory, TracesAnswer } from '@weapp-auth/protocol/contract'
import { listedRows } from '../domain/limits.ts'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { Store } from '../ports/store.ts'
import type { RequestTrace, TraceQuery } from '../ports/trace-store.ts'
import type { TraceKeeping } from './keep-traces.ts'
import { recogniseTrace } from './recognise-trace.ts'
import { tellTraceAnswer, tellTraceStep } from './tell-trace-step.ts'

export interface ReadTracesTools {
  readonly store: Pick<Store, 'tracesOf' | 'findDirectoryUser'>
  readonly keeping: TraceKeeping
  /** Where a phone simulator is; `null`: nowhere. */
  readonly simulator: string | null
  /** Writes what this process has not written yet, so that a request of a moment ago is found. */
  readonly flush: () => Promise<void>
}

interface Page {
  readonly after?: string
  readonly limit?: number
}

/** What came of requests, told to operators. */
export interface ReadTraces {
  /** What belongs to a text that somebody was shown. */
  trace(text: string): Promise<TraceAnswer>
  /** What failed, the newest first; `after` is `next` of the page before. */
  failures(page: Page): Promise<TracesAnswer>
  /** @throws ProblemError user_unknown */
  ofUser(userId: string, page: Page): Promise<TracesAnswer>
}

/** A request id that a caller chose may be that of many. */
const mostStories = 10

export function createReadTraces({ store, keeping, simulator, flush }: ReadTracesTools): ReadTraces {
  // When the store cannot write it, there is something to read all the same.
  const written = () => flush().catch(() => undefined)

  async function list(query: TraceQuery, { after, limit = listedRows }: Page): Promise<TracesAnswer> {
    await written()
    const traces = await store.tracesOf(query, { after: after ?? null, limit })
    const next = traces.length < limit ? null : (traces.at(-1)?.id ?? null)
    return { stories: traces.map(storyOf), next, keeping, simulator }
  }

  return {
    async trace(text) {
      const recognised = recogniseTrace(text)
      const { requestId, rid } = recognised
      const queries: readonly TraceQuery[] = [
        ...(requestId === null ? [] : [{ by: 'request', value: requestId } as const]),
        ...(rid === null ? [] : [{ by: 'rid', value: rid } as const]),
      ]
      await written()
      const found = await Promise.all(queries.map(query => store.tracesOf(query, { limit: mostStories })))
      const traces = new Map(found.flat().map(trace => [trace.id, trace]))
      const stories = [...traces.values()].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, mostStories)
      // An id that nobody has may be a secret that looks like one: it is not repeated.
      const isKnown = stories.some(story => story.requestId === requestId) || /^[0-9a-f-]{36}$/.test(requestId ?? '')
      return {
        recognised: isKnown ? recognised : { ...recognised, requestId: null },
        explanations: explain(text),
        stories: stories.map(storyOf),
        keeping,
        simulator,
      }
    },
    failures: page => list({ by: 'failure' }, page),
    async ofUser(userId, page) {
      if (!(await store.findDirectoryUser(userId))) throw new ProblemError('user_unknown')
      return list({ by: 'user', value: userId }, page)
    },
  }
}

function storyOf({ until: _, ...trace }: RequestTrace): TraceStory {
  const at = (afterMs: number) => isoTime(trace.at + afterMs)
  const steps = trace.steps.map(step => ({ ...step, at: at(step.afterMs), ...tellTraceStep(step) }))
  const answer = { at: at(trace.tookMs), afterMs: trace.tookMs, type: 'answer', facts: {}, ...tellTraceAnswer(trace) }
  const { errcode, code } = trace
  const why = [errcode === null ? '' : `errcode ${errcode}`, code === null ? '' : `urn:weapp-auth:problem:${code}`]
  const explanations = explain(why.join(' '))
  return { ...trace, at: isoTime(trace.at), steps: [...steps, answer], explanations }
}
