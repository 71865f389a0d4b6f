import { connect, type Socket } from 'node:net'
import { createAnswerReader } from './answer-reader.ts'
import type { Exchange } from './closed-loop.ts'

/** So many requests a second for so long. */
export interface Phase {
  readonly perSecond: number
  readonly seconds: number
}

/** One request of an open loop; times are milliseconds from the start. */
export interface Shot {
  /** When it was due, whether or not a connection was free then: waiting for one is waiting. */
  readonly dueAt: number
  readonly answeredAt: number
  /** 0: no answer before the run was over. */
  readonly status: number
}

/** How long answers are waited for after the last request. */
const graceMs = 2_000
const tickMs = 2

/**
 * Open arrival: requests are due at their times however the server fares, as from people who know nothing of each other.
 * Each goes out by a connection that is free, and waits for one otherwise.
 */
export async function openLoop(
  port: number,
  connections: number,
  phases: readonly Phase[],
  next: (connection: number) => Exchange,
): Promise<readonly Shot[]> {
  const shots: Shot[] = []
  const waiting: number[] = []
  let waitingFrom = 0
  let start = 0
  const now = () => performance.now() - start
  const idle: Connection[] = []

  const done = (connection: Connection, dueAt: number, status: number) => {
    shots.push({ dueAt, answeredAt: now(), status })
    const due = waiting[waitingFrom]
    if (due === undefined) return void idle.push(connection)
    waitingFrom += 1
    connection.send(due)
  }
  const all = await Promise.all(
    Array.from({ length: connections }, (_, index) => openConnection(port, () => next(index), done)),
  )
  idle.push(...all)
  start = performance.now()

  const schedule = dueTimes(phases)
  let at = 0
  await new Promise<void>(resolve => {
    const tick = setInterval(() => {
      const time = now()
      for (let due = schedule[at]; due !== undefined && due <= time; due = schedule[at]) {
        at += 1
        const connection = idle.pop()
        if (connection) connection.send(due)
        else waiting.push(due)
      }
      if (shots.length < schedule.length && time < (schedule.at(-1) ?? 0) + graceMs) return
      clearInterval(tick)
      resolve()
    }, tickMs)
  })
  for (const { socket } of all) socket.destroy()
  const lost = Array.from(
    { length: schedule.length - shots.length },
    (): Shot => ({ dueAt: 0, answeredAt: 0, status: 0 }),
  )
  return [...shots, ...lost]
}

function dueTimes(phases: readonly Phase[]): readonly number[] {
  const times: number[] = []
  let from = 0
  for (const { perSecond, seconds } of phases) {
    const count = Math.round(perSecond * seconds)
    for (let index = 0; index < count; index += 1) times.push(from + (index * 1000) / perSecond)
    from += seconds * 1000
  }
  return times
}

interface Connection {
  readonly socket: Socket
  send(dueAt: number): void
}

function openConnection(
  port: number,
  next: () => Exchange,
  done: (connection: Connection, dueAt: number, status: number) => void,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1')
    const read = createAnswerReader()
    let dueAt = 0
    const connection: Connection = {
      socket,
      send(due) {
        dueAt = due
        socket.write(next().bytes, 'latin1')
      },
    }
    socket.on('connect', () => resolve(connection))
    socket.on('data', (piece: string) => {
      const answer = read(piece)
      if (answer) done(connection, dueAt, answer.status)
    })
    socket.on('error', reject)
  })
}
