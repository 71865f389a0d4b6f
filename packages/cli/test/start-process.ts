import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))
const loader = new URL('typescript-loader.mjs', import.meta.url).href

export interface ProcessOptions {
  /** All that the process sees, beside PATH. */
  readonly env?: Readonly<Record<string, string>>
  /** Runs as this user. */
  readonly uid?: number
  /** What precedes the command, such as one that runs it on another host. */
  readonly inside?: readonly string[]
}

/** `weapp-auth` in a process of its own, from the sources. */
export function startProcess(args: readonly string[], { env = {}, uid, inside = [] }: ProcessOptions = {}) {
  const nodeArgs = ['--conditions=@weapp-auth/source', `--import=${loader}`, '--no-warnings', bin, ...args]
  const [command = process.execPath, ...rest] = [...inside, process.execPath, ...nodeArgs]
  const child = spawn(command, rest, {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: 'pipe',
    ...(uid !== undefined && { uid }),
  })
  let text = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', chunk => {
      text += chunk
      for (const listener of listeners) listener()
    })
  }
  const ended = new Promise<number | string | null>(resolve => {
    child.on('close', (code, signal) => resolve(code ?? signal))
  })
  return {
    child,
    /** The exit code, or the signal that ended it. */
    ended,
    text: () => text,
    /** What the expression matches first; fails when the process ends before. */
    async said(expression: RegExp): Promise<string> {
      for (;;) {
        const match = expression.exec(text)
        if (match) return match[0]
        const more = new Promise<'more'>(resolve => {
          listeners.add(() => resolve('more'))
        })
        if ((await Promise.race([more, ended])) !== 'more') {
          if (expression.test(text)) continue
          throw new Error(`the process ended without saying ${expression}:\n${text}`)
        }
      }
    },
  }
}
