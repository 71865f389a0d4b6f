import { type Place, type Running, runProgram } from './run-program.ts'

/** A server of a test's own, which it may stop, crash and start again on the same data. */
export interface PrivateServer {
  /** Of the administrator. */
  readonly url: string
  /** Resolves when it answers. */
  start(): Promise<void>
  /** It ends as if its machine had: nobody is told, nothing is tidied up. */
  crash(): Promise<void>
  /** Ends it and removes its data. */
  remove(): Promise<void>
}

/** What differs between them. */
export interface Order {
  readonly place: Place
  readonly url: string
  readonly command: string
  readonly args: readonly string[]
  /** The signal after which nothing of it is left, its children included. */
  readonly crashSignal: NodeJS.Signals
  isReady(): Promise<unknown>
}

export function privateServer({ place, url, command, args, crashSignal, isReady }: Order): PrivateServer {
  let running: Running | null = null

  async function crash(): Promise<void> {
    const former = running
    running = null
    await former?.kill(crashSignal)
  }

  return {
    url,
    crash,
    async start() {
      running ??= await runProgram(place, { command, args }, isReady)
    },
    async remove() {
      await crash()
      place.remove()
    },
  }
}

/**
 * Why tests of a database do not run here: printed where they are skipped; an error where `CI` is set, because there
 * nothing may be skipped.
 */
export function tellMissing(name: string, packages: string): null {
  const text = `没有 ${name}，故障测试中与它有关的部分没有运行 / there is no ${name}, so the faults of it were not tried (apt-get install ${packages})`
  if (process.env.CI) throw new Error(text)
  process.stderr.write(`\n${text}\n`)
  return null
}
