import { EmulatorRefusal } from '../platform/emulator-refusal.ts'
import type { Platform } from '../platform/platform.ts'
import type { Sentence } from '../types.ts'
import { buildPush, buildUrlCheck, stampOf } from './build-push.ts'
import { type Judgement, judgeAnswer, judgeEcho } from './judge-answer.ts'
import { fieldsOf, type PushEvent, readPushEvent } from './push-event.ts'
import { type FullPushSettings, type PushSettings, readPushSettings } from './push-settings.ts'

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

/** WeChat as the sender of message push. */
export interface PushSender {
  /** Sets where the app's events go; `null`: nowhere. */
  configure(appId: string, settings: PushSettings | null): void
  /** The check that the console makes when the settings are saved. */
  verifyUrl(appId: string): Promise<PushReport>
  /**
   * Pushes an event. Without an answer in 5 seconds, by the emulator's clock, the connection is closed and the same
   * message sent again, three times in all. A wrong answer is not repeated.
   */
  send(appId: string, event: PushEvent): Promise<PushReport>
}

interface PushTools {
  readonly platform: Platform
  readonly deliver: (request: Request) => Promise<Response>
  readonly closing: AbortSignal
}

const PATIENCE_MS = 5000
const ATTEMPTS = 3

export function createPushSender(tools: PushTools): PushSender {
  const { platform } = tools

  function settingsOf(appId: string): FullPushSettings {
    const { push } = platform.state.directory.app(appId)
    if (push) return readPushSettings(push, 'push')
    throw new EmulatorRefusal('no-push', 'appId', {
      zh: `"appId"：${appId} 没有消息推送设置`,
      en: `"appId": ${appId} has no push settings`,
    })
  }

  return {
    configure(appId, settings) {
      const { push: _, ...app } = platform.state.directory.app(appId)
      const push = settings === null ? {} : { push: readPushSettings(settings, 'push') }
      platform.state.directory.putApp({ ...app, ...push })
    },
    async verifyUrl(appId) {
      const settings = settingsOf(appId)
      const stamp = stampOf(platform)
      const echostr = platform.derive.text(`echostr ${stamp.nonce} ${stamp.timestamp}`, 19, '123456789')
      const request = () => buildUrlCheck(settings, urlOf(settings, appId), stamp, echostr)
      return push(tools, { appId, what: 'push.url-check', request, attempts: 1, judge: one => judgeEcho(one, echostr) })
    },
    async send(appId, given) {
      const settings = settingsOf(appId)
      const event = readPushEvent(given)
      platform.state.directory.person(event.personId)
      const { url, tail } = { url: urlOf(settings, appId), tail: settings.component ?? appId }
      const stamp = stampOf(platform)
      const fields = fieldsOf(platform, appId, event, settings.keys)
      const request = () => buildPush(settings, url, stamp, fields, tail)
      const judge = (one: Parameters<typeof judgeAnswer>[0]) => judgeAnswer(one, settings, tail)
      return push(tools, {
        appId,
        personId: event.personId,
        what: `push.${event.event}`,
        request,
        attempts: ATTEMPTS,
        judge,
      })
    },
  }
}

/** The URL is of the developer's own; that of a third-party platform names the app. */
function urlOf({ url }: FullPushSettings, appId: string): string {
  return url.replaceAll('$APPID$', appId)
}

interface Task {
  readonly appId: string
  readonly personId?: string
  readonly what: string
  readonly attempts: number
  request(): Request
  judge(answer: { readonly status: number; readonly body: string }): Judgement
}

async function push(tools: PushTools, task: Task): Promise<PushReport> {
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
