import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** Makes one file of `program.ts`, because Node 20 cannot run TypeScript. */
export async function bundleProgram(folder: string): Promise<string> {
  const outfile = join(folder, 'program.mjs')
  const driver = pathToFileURL(createRequire(import.meta.url).resolve('better-sqlite3')).href
  await build({
    entryPoints: [join(import.meta.dirname, 'program.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@weapp-auth/source'],
    outfile,
    plugins: [
      {
        name: 'driver-from-here',
        setup: ({ onResolve }) => onResolve({ filter: /^better-sqlite3$/ }, () => ({ path: driver, external: true })),
      },
    ],
  })
  return outfile
}

export interface Program {
  /** Says a line to it. */
  tell(line: string): void
  /** The next line it says; `null` when it has ended. */
  line(): Promise<string | null>
  /** Ends it without warning, and waits until it is gone. */
  kill(): Promise<void>
}

export function startProgram(bundle: string, args: readonly string[], uid?: number): Program {
  const child = spawn(process.execPath, [bundle, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid }),
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const gone = ended(child)
  return {
    tell: line => void child.stdin.write(`${line}\n`),
    async line() {
      const { value, done } = await lines.next()
      return done ? null : value
    },
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => resolve())
    child.once('error', reject)
  })
}
