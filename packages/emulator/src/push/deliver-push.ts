import type { Platform } from '../platform/platform.ts'
import type { Sentence } from '../types.ts'
import type { Judgement } from './judge-answer.ts'

/** How a push went. */
export interface PushReport {
  readonly accepted: boolean
  /** How often it was sent. */
  readonly attempts: number
  /** Of the last attempt. */
  readonly text: Sentence
  /** The content of an encrypted reply. */
  readonly reply?: string
}

export interface PushTools {
  readonly platform: Platform
  readonly deliver: (request: Request) => Promise<Response>
  readonly closing: AbortSignal
}

const PATIENCE_MS = 5000
export const ATTEMPTS = 3

/** One message, and how often it is sent. */
interface Task {
  readonly appId: string
  readonly personId?: string
  readonly what: string
  readonly attempts: number
  request(): Request
  judge(answer: { readonly status: number; readonly body: string }): Judgement
}

/** Sends the same message until somebody answers, or `attempts` times. */
export async function deliverPush(tools: PushTools, task: Task): Promise<PushReport> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await attemptOnce(tools, task.request())
    const judgement = 'silent' in answer ? answer.silent : task.judge(answer)
    note(tools, task, judgement, attempt)
    if (!('silent' in answer) || attempt >= task.attempts) return { ...judgement, attempts: attempt }
  }
}

/** The answer, or why there is none. */
async function attemptOnce(
  { platform, deliver, closing }: PushTools,
  request: Request,
): Promise<{ readonly status: number; readonly body: string } | { readonly silent: Judgement }> {
  const patience = new AbortController()
  const cancel = platform.timers.after(PATIENCE_MS, () => patience.abort(new Error('5 s')))
  const signal = AbortSignal.any([patience.signal, closing])
  const givenUp = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  try {
    const asked = deliver(new Request(request, { signal }))
    const answered = asked.then(async response => ({ status: response.status, body: await response.text() }))
    return await Promise.race([answered, givenUp])
  } catch (error) {
    closing.throwIfAborted()
    if (patience.signal.aborted) return silent('接收方 5 秒内没有回复', 'the receiver did not answer within 5 s')
    const { cause, message } = error as { readonly cause?: { readonly code?: unknown }; readonly message?: unknown }
    const reason = String(cause?.code ?? message)
    return silent(`连不上接收方（${reason}）`, `the receiver cannot be reached (${reason})`)
  } finally {
    cancel()
  }
}

function silent(zh: string, en: string): { readonly silent: Judgement } {
  return { silent: { accepted: false, text: { zh, en } } }
}

function note(
  { platform }: PushTools,
  { appId, personId, what }: Task,
  { accepted, text }: Judgement,
  attempt: number,
): void {
  platform.journal.add({
    side: 'platform',
    what,
    appId,
    ...(personId === undefined ? {} : { personId }),
    ok: accepted,
    text: { zh: `消息推送第 ${attempt} 次：${text.zh}`, en: `push, attempt ${attempt}: ${text.en}` },
    facts: { attempt },
  })
}
