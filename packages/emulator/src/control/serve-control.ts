import { Hono } from 'hono'
import { EmulatorRefusal, type EmulatorRefusalCode } from '../platform/emulator-refusal.ts'
import { WxCallFault } from '../platform/faulty-cloud.ts'
import { readAnswer } from '../platform/read-decision.ts'
import { readBoolean, readNonEmpty, readObject, readWhole } from '../platform/read-value.ts'
import { readPushEvent } from '../push/push-event.ts'
import type { JournalEntry, WechatCloud } from '../types.ts'
import { accountQuestions } from './account-actions.ts'
import type { EmulatorControl } from './control.ts'
import { type ControlActions, controlActions } from './control-actions.ts'
import type { EmulatorSnapshot } from './snapshot.ts'
import { streamJournal } from './stream-journal.ts'
import { readUse, wxActions } from './wx-actions.ts'

interface ServeControlTools {
  readonly control: EmulatorControl
  readonly cloud: WechatCloud
  /** Ends open streams. */
  readonly closing: AbortSignal
}

type Fields = Readonly<Record<string, unknown>>

/** The control API under `/_emulator/`, for runtimes in a browser, pages and other processes. */
export function createServeControl({
  control,
  cloud,
  closing,
}: ServeControlTools): (request: Request) => Promise<Response> {
  const app = new Hono().basePath('/_emulator')

  app.get('/', c => c.json({ routes: app.routes.map(({ method, path }) => `${method} ${path}`) }))
  app.get('/state', c => c.json(control.state()))
  app.get('/snapshot', c => c.json(control.snapshot()))
  app.get('/clock', c => c.json({ now: control.clock.now() }))
  app.get('/journal', c => c.json({ entries: control.journal.entries(readAfter(c.req.query('after'))) }))
  app.get('/journal/stream', c => {
    const after = readAfter(c.req.header('last-event-id') ?? c.req.query('after'))
    return streamJournal(control.journal, after, [c.req.raw.signal, closing])
  })
  app.get('/faults', c => c.json({ pending: control.faults.pending() }))
  app.get('/wx-faults', c => c.json({ pending: control.wxFaults.pending() }))
  for (const [path, answer] of Object.entries(accountQuestions(control)))
    app.get(path, c => c.json(answer(c.req.query()) as object))
  for (const [path, act] of Object.entries(actions(control, cloud)))
    app.post(path, async c => c.json((await act(await readBody(c.req.raw))) ?? { ok: true }))

  app.notFound(c => problem(unknownRoute(c.req.path)))
  app.onError(error => {
    if (error instanceof EmulatorRefusal) return problem(error)
    if (error instanceof WxCallFault) return wxFailed(error)
    throw error
  })
  return async request => app.fetch(request)
}

/** POST routes: what they do with the fields of the body. */
function actions(control: EmulatorControl, cloud: WechatCloud): ControlActions {
  return {
    '/wx/login': fields => cloud.login(readUse(fields)),
    '/wx/check-session': fields => cloud.checkSession(readUse(fields)),
    ...wxActions(cloud),
    '/wx/phone-sheet/close': fields =>
      cloud.closePhoneSheet(readUse(fields), readAnswer(fields.decision), readWhole(fields.openedAt, 'openedAt')),
    '/wx/note': fields => cloud.note(readUse(fields), readNote(fields.entry)),
    '/secure-mode/platform-key': fields => control.secureMode.platformKey(readNonEmpty(fields.appId, 'appId')),
    '/secure-mode/rotate': fields => control.secureMode.rotate(readNonEmpty(fields.appId, 'appId')),
    '/secure-mode/end-rotation': fields => control.secureMode.endRotation(readNonEmpty(fields.appId, 'appId')),
    '/push/verify-url': fields => control.push.verifyUrl(readNonEmpty(fields.appId, 'appId')),
    '/push/send': fields => control.push.send(readNonEmpty(fields.appId, 'appId'), readPushEvent(fields.event)),
    '/reset': () => control.reset(),
    '/restore': fields => control.restore(fields as unknown as EmulatorSnapshot),
    ...controlActions(control),
  }
}

function readNote(value: unknown): Pick<JournalEntry, 'what' | 'text' | 'facts' | 'ok'> {
  const { what, text, facts, ok } = readObject(value, 'entry')
  const { zh, en } = readObject(text, 'entry.text')
  return {
    what: readNonEmpty(what, 'entry.what'),
    text: { zh: readNonEmpty(zh, 'entry.text.zh'), en: readNonEmpty(en, 'entry.text.en') },
    facts: readObject(facts, 'entry.facts') as JournalEntry['facts'],
    ok: readBoolean(ok, 'entry.ok'),
  }
}

function readAfter(text: string | undefined): number {
  return text === undefined || text === '' ? 0 : readWhole(Number(text), 'after')
}

/**
 * Only `application/json` is read: a web page of another origin cannot send that without asking first, so it cannot
 * steer the emulator of whoever opens it.
 */
async function readBody(request: Request): Promise<Fields> {
  if (!request.headers.get('content-type')?.startsWith('application/json'))
    throw new EmulatorRefusal('wrong-content-type', 'content-type', {
      zh: '请求头 content-type 必须是 application/json',
      en: 'the header content-type must be application/json',
    })
  const text = await request.text()
  try {
    return readObject(text === '' ? {} : JSON.parse(text), 'body')
  } catch (error) {
    if (error instanceof EmulatorRefusal) throw error
    throw new EmulatorRefusal('invalid-value', 'body', { zh: '请求体必须是 JSON', en: 'the body must be JSON' })
  }
}

function unknownRoute(path: string): EmulatorRefusal {
  return new EmulatorRefusal('unknown-route', '', {
    zh: `没有这个控制接口：${path}`,
    en: `no such control route: ${path}`,
  })
}

const STATUS: Record<EmulatorRefusalCode, number> = {
  'invalid-value': 400,
  'unknown-person': 404,
  'unknown-app': 404,
  'unknown-route': 404,
  'wrong-content-type': 415,
  'no-open-sheet': 409,
  'no-push': 409,
  'no-secure-mode': 409,
  closed: 503,
}

/** The runtime at the other end makes a failed `wx` call of it. */
function wxFailed({ message, wxErrno }: WxCallFault): Response {
  const error = { code: 'wx-fault', field: '', zh: message, en: message, wxErrno }
  return Response.json({ error }, { status: 503 })
}

function problem({ code, field, text }: EmulatorRefusal): Response {
  return Response.json({ error: { code, field, ...text } }, { status: STATUS[code] })
}
