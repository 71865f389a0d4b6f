import type { JournalEntry } from '@weapp-auth/emulator'
import type { ServerEvent } from '@weapp-auth/server'
import type { PrintedSms } from '@weapp-auth/server/sms-printing'

/** One thing that happened, in WeChat or in the server. */
export type DevJournalLine =
  | { readonly source: 'wechat'; readonly entry: JournalEntry }
  | { readonly source: 'server'; readonly at: number; readonly event: ServerEvent | PrintedSms }

/** Both journals as one stream of server-sent events. */
export interface DevJournal {
  add(line: DevJournalLine): void
  /** Answers `GET /dev/journal`: what is remembered first, then what happens. */
  fetch(request: Request): Response
  /** Ends all streams. */
  close(): void
}

/** How many lines a new reader gets first. */
const remembered = 500
/** A reader who is this far behind has gone or hangs. */
const mostWaiting = 1000
/** Keeps proxies and browsers from giving the stream up. */
const heartbeatMs = 15_000

const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' }
const utf8 = new TextEncoder()

/** A reader that comes back says with `Last-Event-ID` what it has seen, and gets only what is new. */
export function createDevJournal(): DevJournal {
  let count = 0
  let kept: { readonly id: number; readonly text: Uint8Array }[] = []
  const readers = new Set<Reader>()
  const heartbeat = setInterval(() => sendAll(utf8.encode(':\n\n')), heartbeatMs).unref()

  function sendAll(text: Uint8Array): void {
    for (const reader of [...readers]) {
      if ((reader.desiredSize ?? 0) < -mostWaiting) end(reader)
      else reader.enqueue(text)
    }
  }

  function end(reader: Reader): void {
    if (readers.delete(reader)) reader.close()
  }

  function streamAfter(last: number): ReadableStream<Uint8Array> {
    let mine: Reader | null = null
    return new ReadableStream({
      start(reader) {
        mine = reader
        readers.add(reader)
        // Tells the reader at once that the stream is open, also when there is nothing to say yet.
        reader.enqueue(utf8.encode(': open\n\n'))
        for (const { id, text } of kept) if (id > last) reader.enqueue(text)
      },
      cancel() {
        if (mine) readers.delete(mine)
      },
    })
  }

  return {
    add(line) {
      count += 1
      const text = utf8.encode(`id: ${count}\ndata: ${JSON.stringify(line)}\n\n`)
      kept = [...kept.slice(1 - remembered), { id: count, text }]
      sendAll(text)
    },
    fetch(request) {
      const last = Number(request.headers.get('last-event-id') ?? 0)
      return new Response(streamAfter(Number.isSafeInteger(last) && last <= count ? last : 0), { headers })
    },
    close() {
      clearInterval(heartbeat)
      for (const reader of [...readers]) end(reader)
    },
  }
}

type Reader = ReadableStreamDefaultController<Uint8Array>
