import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import type { Answer, Door } from './lend-databases.ts'
import type { ServiceName, TestDatabase } from './service.ts'

/** Asks the lender behind this door; `null` when it has no such server, or an error where `CI` is set. */
export async function borrowDatabase(
  { port, word }: Door,
  name: ServiceName,
  { ci = Boolean(process.env.CI), say = (text: string) => void process.stderr.write(text) } = {},
): Promise<TestDatabase | null> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  const failed = new Promise<never>((_, reject) => socket.once('error', reject))
  failed.catch(() => undefined)
  socket.write(`${word} ${name}\n`)
  const { value } = await Promise.race([lines.next(), failed])
  const answer = JSON.parse(value ?? '{"error":"the test run is ending"}') as Answer
  const close = () => new Promise<void>(resolve => void socket.once('close', () => resolve()).end())
  if ('url' in answer) return { url: answer.url, close }
  await close()
  if ('error' in answer) throw new Error(answer.error)
  if (ci) throw new Error(answer.missing)
  say(`\n${answer.missing}\n`)
  return null
}
