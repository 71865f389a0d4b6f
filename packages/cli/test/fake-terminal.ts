import type { Terminal } from '../src/index.ts'

/** A terminal that keeps what is written; `stop` is the signal. `pauses` are waits, each over when `resume` is called. */
export function createFakeTerminal(env: Readonly<Record<string, string>> = {}, input = '') {
  const lines: { readonly to: 'out' | 'err'; readonly text: string }[] = []
  let stop: (signal: 'SIGINT' | 'SIGTERM') => void = () => undefined
  const stopped = new Promise<'SIGINT' | 'SIGTERM'>(resolve => {
    stop = resolve
  })
  let wake: () => void = () => undefined
  const write = (to: 'out' | 'err') => (text: string) => {
    lines.push({ to, text })
    wake()
  }
  const pauses: number[] = []
  let resume: () => void = () => undefined
  const resumed = new Promise<void>(resolve => {
    resume = resolve
  })
  let hangUp: () => void = () => undefined
  const terminal: Terminal = {
    env,
    out: write('out'),
    err: write('err'),
    readInput: async () => input,
    onHangUp(run) {
      hangUp = run
    },
    untilStopped: () => stopped,
    pause(ms) {
      pauses.push(ms)
      return resumed
    },
  }
  const textOf = (to: 'out' | 'err') =>
    lines
      .filter(line => line.to === to)
      .map(line => line.text)
      .join('\n')
  return {
    terminal,
    stop: (signal: 'SIGINT' | 'SIGTERM' = 'SIGINT') => stop(signal),
    pauses,
    resume: () => resume(),
    hangUp: () => hangUp(),
    out: () => textOf('out'),
    err: () => textOf('err'),
    /** The first match in what was written, as soon as it is. */
    async said(expression: RegExp): Promise<string> {
      for (;;) {
        const match = expression.exec(lines.map(line => line.text).join('\n'))
        if (match) return match[0]
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    },
  }
}
