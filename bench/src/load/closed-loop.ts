import { connect } from 'node:net'
import { type Answer, createAnswerReader, jsonOf } from './answer-reader.ts'

/** One request and what is right as its answer. */
export interface Exchange {
  /** The whole request as it goes over the wire. */
  readonly bytes: string
  /** What is wrong with the answer's JSON, or `null`. Called for a sample. */
  readonly wrong: (answer: never) => string | null
  /** True when every answer must be read, because a later request needs what it says. */
  readonly chained?: true
}

export interface LoopResult {
  readonly answers: number
  readonly seconds: number
  /** Microseconds from the write of the request to the last byte of its answer; unsorted. */
  readonly latencies: Uint32Array
}

/**
 * Closed arrival: every connection sends its next request when its answer is there, until `next` gives `null`. The
 * status of every answer is checked, and the whole body of the first of each connection and of one in `sample`; a wrong
 * one rejects. Raw sockets, because an HTTP client that costs as much as the server would measure itself (2 cores:
 * autocannon 27 us a request, this loop 13, the bound about 35).
 */
export async function closedLoop(
  port: number,
  connections: number,
  next: (connection: number) => Exchange | null,
  sample = 16,
): Promise<LoopResult> {
  const latencies = createLatencies()
  const start = performance.now()
  const one = (connection: number) => runConnection(port, () => next(connection), sample, latencies.add)
  await Promise.all(Array.from({ length: connections }, (_, connection) => one(connection)))
  const seconds = (performance.now() - start) / 1000
  const all = latencies.all()
  return { answers: all.length, seconds, latencies: all }
}

function runConnection(
  port: number,
  next: () => Exchange | null,
  sample: number,
  add: (micros: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1')
    const read = createAnswerReader()
    let exchange: Exchange | null = null
    let sentAt = 0
    let count = 0

    const send = () => {
      exchange = next()
      sentAt = performance.now()
      if (exchange === null) socket.end()
      else socket.write(exchange.bytes, 'latin1')
    }
    const fail = (reason: string) => {
      socket.destroy()
      reject(new Error(reason))
    }
    socket.on('connect', send)
    socket.on('data', (piece: string) => {
      const answer = read(piece)
      if (answer === null || exchange === null) return
      add((performance.now() - sentAt) * 1000)
      const reason = refusal(answer, exchange, exchange.chained === true || count++ % sample === 0)
      if (reason === null) send()
      else fail(reason)
    })
    socket.on('error', error => fail(error.message))
    socket.on('close', () => (exchange === null ? resolve() : fail('the server closed a connection in use')))
  })
}

function refusal(answer: Answer, exchange: Exchange, whole: boolean): string | null {
  if (answer.status !== 200) return `status ${answer.status}: ${answer.body.slice(0, 500)}`
  const reason = whole ? exchange.wrong(jsonOf(answer) as never) : null
  return reason && `${reason}: ${answer.body.slice(0, 500)}`
}

function createLatencies() {
  let store = new Uint32Array(65_536)
  let length = 0
  return {
    add(micros: number) {
      if (length === store.length) {
        const larger = new Uint32Array(length * 2)
        larger.set(store)
        store = larger
      }
      store[length++] = micros
    },
    all: () => store.slice(0, length),
  }
}
