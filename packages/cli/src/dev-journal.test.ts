import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createDevJournal, type DevJournal, type DevJournalLine } from './dev-journal.ts'

let journal: DevJournal
beforeEach(() => {
  vi.useFakeTimers()
  journal = createDevJournal()
})
afterEach(() => {
  journal.close()
  vi.useRealTimers()
})

const line = (at: number): DevJournalLine => ({
  source: 'server',
  at,
  event: { type: 'session-rotated', requestId: 'r', sessionId: 's' },
})

function read(lastEventId?: string) {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
  const response = journal.fetch(new Request('http://h/dev/journal', { headers }))
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  return {
    response,
    reader,
    async next(): Promise<string | null> {
      const { value, done } = await reader.read()
      return done ? null : decoder.decode(value)
    },
  }
}

async function times(reader: ReturnType<typeof read>, count: number): Promise<number[]> {
  const found: number[] = []
  while (found.length < count) {
    const data = /^data: (.*)$/m.exec((await reader.next()) ?? '')
    if (data?.[1]) found.push(JSON.parse(data[1]).at)
  }
  return found
}

test('a stream of server-sent events that says at once that it is open', async () => {
  const { response, next } = read()
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(await next()).toBe(': open\n\n')
})

test('what happened is told first, then what happens, to every reader', async () => {
  journal.add(line(1))
  const one = read()
  journal.add(line(2))
  const two = read()
  journal.add(line(3))
  expect(await times(one, 3)).toEqual([1, 2, 3])
  expect(await times(two, 3)).toEqual([1, 2, 3])
})

test('each line is one event with its number', async () => {
  journal.add(line(7))
  const { next } = read()
  await next()
  expect(await next()).toBe(`id: 1\ndata: ${JSON.stringify(line(7))}\n\n`)
})

test('the last 500 lines are remembered', async () => {
  for (let at = 1; at <= 600; at += 1) journal.add(line(at))
  const all = await times(read(), 500)
  expect([all[0], all.at(-1)]).toEqual([101, 600])
})

test('a reader that comes back gets only what is new', async () => {
  for (let at = 1; at <= 3; at += 1) journal.add(line(at))
  expect(await times(read('2'), 1)).toEqual([3])
})

test.each(['99', '-', '1.5'])('a number that was never given (%s) means all', async id => {
  journal.add(line(1))
  expect(await times(read(id), 1)).toEqual([1])
})

test('a reader that goes is forgotten', async () => {
  const { reader } = read()
  await reader.cancel()
  journal.add(line(1))
})

test('a reader that hangs is cut off, the others go on', async () => {
  const hanging = read()
  for (let at = 1; at <= 1500; at += 1) journal.add(line(at))
  const late = read()
  journal.add(line(1501))
  expect((await times(late, 501)).at(-1)).toBe(1501)
  let count = 0
  while ((await hanging.next()) !== null) count += 1
  expect(count).toBeLessThan(1100)
})

test('a quiet stream is kept alive', async () => {
  const { next } = read()
  await next()
  vi.advanceTimersByTime(15_000)
  expect(await next()).toBe(':\n\n')
})

test('closing ends all streams', async () => {
  const { next } = read()
  await next()
  journal.close()
  expect(await next()).toBeNull()
})
