import type { JournalEntry } from '@weapp-auth/emulator/wx'
import type { Fact, JournalStep, Mood, Side } from './journal-step.ts'
import { type ServerEvent, tellServerEvent } from './tell-server-event.ts'

/** One `data:` line of `GET /dev/journal`. */
type JournalLine =
  | { readonly source: 'wechat'; readonly entry: JournalEntry }
  | { readonly source: 'server'; readonly at: number; readonly event: ServerEvent }

const sides = {
  wx: 'mini-program',
  http: 'wechat',
  platform: 'wechat',
  control: 'you',
} as const satisfies Record<JournalEntry['side'], Side>

/** Steps of a person who said no: nothing to repair. */
const declines = ['phone-sheet-denied', 'phone-sheet-cancelled']

/** Reads a line of the stream. Throws on anything that is not one. */
export function readJournalLine(data: string): JournalStep {
  const line: JournalLine = JSON.parse(data)
  return line.source === 'wechat' ? wechatStep(line.entry) : serverStep(line.at, line.event)
}

function wechatStep({ id, at, side, what, text, facts, ok }: JournalEntry): JournalStep {
  return { key: `wechat-${id}-${at}`, at, side: sides[side], what, text, facts, mood: moodOf(what, ok) }
}

function moodOf(what: string, ok: boolean): Mood {
  if (ok) return 'fine'
  return declines.includes(what) ? 'declined' : 'failed'
}

function serverStep(at: number, event: ServerEvent): JournalStep {
  const { type, ...rest } = event
  const facts: Record<string, Fact> = {}
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined) facts[name] = Array.isArray(value) ? value.join('\n') : (value as Fact)
  }
  return { key: `server-${event.requestId}-${type}`, at, facts, ...tellServerEvent(event) }
}
