import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { freePort } from './free-port.ts'

/** A program that is started, asked, left alone and stopped. */
export interface Starter {
  readonly title: string
  /** Arguments of Node; the program listens at this port, on 127.0.0.1. */
  args(port: number, other: number): readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Path that answers 200 once the program is of use. */
  readonly path: string
}

/** One start. */
export interface Started {
  /** From the spawn to the last byte of the first answer with status 200. */
  readonly firstAnswerMs: number
  /** Of the idle process; `null` where the system does not tell (Linux does). */
  readonly idleRssBytes: number | null
}

/**
 * Node gives the memory of its start back piece by piece: garbage of loading is collected by a timer of V8, and malloc
 * returns pages later. After two seconds nothing moves any more (measured: less than 1 % to ten seconds).
 */
const settleMs = 2_000

/** Starts a program, asks until it answers, waits until it idles, and stops it. */
export async function startProgram({ title, args, env, path }: Starter): Promise<Started> {
  const [port, other] = [await freePort(), await freePort()]
  const started = performance.now()
  const child = spawn(process.execPath, [...args(port, other)], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2_000)
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  try {
    while (!(await answers(port, path))) {
      if (child.exitCode !== null) throw new Error(`${title}: the program ended: ${said}`)
      if (performance.now() - started > 30_000) throw new Error(`${title}: no answer within 30 s: ${said}`)
      await pause(2)
    }
    const firstAnswerMs = performance.now() - started
    await pause(settleMs)
    return { firstAnswerMs, idleRssBytes: rssOf(child.pid) }
  } finally {
    child.kill('SIGINT')
    const patience = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await ended
    clearTimeout(patience)
  }
}

const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

function answers(port: number, path: string): Promise<boolean> {
  return new Promise(resolve => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false }, answer => {
      answer.resume().on('end', () => resolve(answer.statusCode === 200))
    })
    asked.on('error', () => resolve(false)).end()
  })
}

function rssOf(pid: number | undefined): number | null {
  if (process.platform !== 'linux') return null
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) * 1024
}
