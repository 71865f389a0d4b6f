import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { taskset } from './machine.ts'

/** A program of the bench in a process of its own. */
export interface Child {
  /** What the program said when it was ready. */
  readonly ready: unknown
  /** Asks one question over the control channel. Rejects when the program fails or ends. */
  ask(name: string, input?: unknown): Promise<unknown>
  stop(): Promise<void>
}

export interface ChildOptions {
  readonly program: URL
  readonly args?: readonly string[]
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[]
  /** The core to pin to; `null` leaves it to the system. */
  readonly core: number | null
  /** File for what the program prints. */
  readonly log: string
}

/** Starts a program and resolves once it is ready. */
export async function startChild({ program, args = [], nodeArgs = [], core, log }: ChildOptions): Promise<Child> {
  const command = [process.execPath, ...nodeArgs, fileURLToPath(program), ...args]
  const [file = '', ...rest] = core === null ? command : [taskset, '-c', String(core), ...command]
  const output = openSync(log, 'w')
  const env = { ...process.env, NODE_ENV: 'production' }
  const child = spawn(file, rest, { env, stdio: ['ignore', output, output, 'ipc'] })
  closeSync(output)
  const ask = createAsk(child, program, log)
  return { ready: await ask.ready, ask: ask.ask, stop: () => stop(child, ask.ask) }
}

interface Waiter {
  readonly resolve: (reply: unknown) => void
  readonly reject: (error: Error) => void
}

function createAsk(child: ChildProcess, program: URL, log: string) {
  const name = program.pathname.replace(/^.*\//, '')
  const waiters = new Map<number, Waiter>()
  let last = 0
  const wait = (id: number) => new Promise<unknown>((resolve, reject) => waiters.set(id, { resolve, reject }))
  child.on('message', ({ id, reply, error }: { id: number; reply?: unknown; error?: string }) => {
    const waiter = waiters.get(id)
    waiters.delete(id)
    if (error === undefined) waiter?.resolve(reply)
    else waiter?.reject(new Error(`${name}: ${error}`))
  })
  child.on('exit', code => {
    const tail = readFileSync(log, 'utf8').split('\n').slice(-20).join('\n')
    for (const { reject } of waiters.values()) reject(new Error(`${name} ended with code ${code}\n${tail}`))
    waiters.clear()
  })
  return {
    ready: wait(0),
    ask(question: string, input?: unknown) {
      const id = ++last
      const reply = wait(id)
      child.send({ id, name: question, input })
      return reply
    },
  }
}

async function stop(child: ChildProcess, ask: Child['ask']): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(resolve => child.once('exit', resolve))
  ask('stop').catch(() => {})
  const patience = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await ended
  clearTimeout(patience)
}
