import type { JournalEntry } from '../types.ts'
import type { EmulatorControl } from './control.ts'

/** Server-sent events: first what happened after number `after`, then each new entry. */
export function streamJournal(
  journal: EmulatorControl['journal'],
  after: number,
  endings: readonly AbortSignal[],
): Response {
  const encoder = new TextEncoder()
  let stop = () => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (entry: JournalEntry) =>
        controller.enqueue(encoder.encode(`id: ${entry.id}\ndata: ${JSON.stringify(entry)}\n\n`))
      // Tells proxies and readers at once that the stream is open, also when there is nothing to say yet.
      controller.enqueue(encoder.encode(': open\n\n'))
      for (const entry of journal.entries(after)) send(entry)
      const unsubscribe = journal.subscribe(send)
      const end = () => {
        stop()
        controller.close()
      }
      const ending = AbortSignal.any([...endings])
      ending.addEventListener('abort', end, { once: true })
      // A stream ends once: closing it again, after its reader went, would throw where nobody can catch.
      stop = () => {
        unsubscribe()
        ending.removeEventListener('abort', end)
      }
    },
    cancel: () => stop(),
  })
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
  })
}
