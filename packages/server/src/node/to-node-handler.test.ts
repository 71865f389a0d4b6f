import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { AnswerStream } from '../http/http-message.ts'
import { toNodeHandler } from './to-node-handler.ts'

/** A port behind which every answer is this stream; `ended` settles when the stream was left. */
async function serve(make: () => AnswerStream) {
  let leave = () => {}
  const ended = new Promise<void>(resolve => {
    leave = resolve
  })
  async function* watched(): AnswerStream {
    try {
      yield* make()
    } finally {
      leave()
    }
  }
  const handler = toNodeHandler({ answer: async () => ({ status: 200, headers: {}, body: watched() }) })
  const http = createServer(handler)
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void http.close())
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, ended }
}

const chunk = new Uint8Array(64 * 1024).fill(65)

test('an answer that is made while it is sent arrives whole', async () => {
  async function* three(): AnswerStream {
    for (let count = 0; count < 3; count += 1) yield chunk
  }
  const { url, ended } = await serve(three)
  expect(await (await fetch(url)).text()).toBe('A'.repeat(3 * chunk.length))
  await ended
})

test('one that breaks on the way is cut off, and does not look whole', async () => {
  async function* broken(): AnswerStream {
    yield chunk
    throw new Error('the database is gone')
  }
  const { url } = await serve(broken)
  await expect(fetch(url).then(response => response.text())).rejects.toThrow()
})

test('one whose reader goes away is not made any further', async () => {
  let made = 0
  async function* endless(): AnswerStream {
    for (;;) {
      made += 1
      yield chunk
    }
  }
  const { url, ended } = await serve(endless)
  const asked = request(url, response => response.once('data', () => asked.destroy()))
  asked.on('error', () => {})
  asked.end()
  await ended
  const before = made
  await new Promise(setImmediate)
  expect(made).toBe(before)
})
