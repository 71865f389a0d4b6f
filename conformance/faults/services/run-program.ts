import { execFileSync, spawn } from 'node:child_process'
import { chownSync, closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'

/** Where a program keeps its data, and who it runs as. */
export interface Place {
  readonly folder: string
  readonly user: { readonly uid?: number; readonly gid?: number }
  remove(): void
}

/** A new folder. Root gives it to one of `users`, because databases refuse to run as root. */
export function newPlace(name: string, users: readonly string[]): Place {
  const folder = mkdtempSync(join(tmpdir(), `weapp-auth-${name}-`))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  if (process.getuid?.() !== 0) return { folder, user: {}, remove }
  const user = users.map(idsOf).find(ids => ids !== null)
  if (!user) throw new Error(`none of these users exists: ${users.join(', ')}`)
  chownSync(folder, user.uid, user.gid)
  return { folder, user, remove }
}

function idsOf(user: string): { uid: number; gid: number } | null {
  try {
    const [uid = 0, gid = 0] = ['-u', '-g'].map(flag => Number(execFileSync('id', [flag, user], { stdio: 'pipe' })))
    return { uid, gid }
  } catch {
    return null
  }
}

/** The path of a program: on the PATH, or in one of these folders; a `*` stands for any name. */
export function findProgram(name: string, folders: readonly string[]): string | null {
  const places = [...folders.flatMap(expanded), ...(process.env.PATH ?? '').split(delimiter)]
  return places.map(folder => join(folder, name)).find(path => existsSync(path)) ?? null
}

function expanded(pattern: string): string[] {
  const [before, after] = pattern.split('*')
  if (before === undefined || after === undefined) return [pattern]
  const [parent, start] = [before.slice(0, before.lastIndexOf('/')), before.slice(before.lastIndexOf('/') + 1)]
  if (!existsSync(parent)) return []
  const names = readdirSync(parent).filter(name => name.startsWith(start))
  return names.map(name => `${parent}/${name}${after}`).reverse()
}

/** A program that runs. */
export interface Running {
  /** Resolves when it has ended. */
  kill(signal: NodeJS.Signals): Promise<void>
}

/** Starts a program in its place; answers when `isReady` does not throw any more. */
export async function runProgram(
  { folder, user }: Place,
  order: { readonly command: string; readonly args: readonly string[] },
  isReady: () => Promise<unknown>,
): Promise<Running> {
  const log = join(folder, 'log')
  const output = openSync(log, 'a')
  const program = [join(import.meta.dirname, 'hold-program.mjs'), JSON.stringify({ ...order, ...user, cwd: folder })]
  const keeper = spawn(process.execPath, program, { stdio: ['pipe', 'pipe', output], detached: true })
  closeSync(output)
  const ended = new Promise<void>(resolve => keeper.once('exit', () => resolve()))
  if (!keeper.stdout) throw new Error('the keeper of a program has no output')
  const pid = Number((await createInterface({ input: keeper.stdout })[Symbol.asyncIterator]().next()).value)
  const running: Running = {
    async kill(signal) {
      try {
        process.kill(pid, signal)
      } catch {}
      await ended
    },
  }
  const early = ended.then(() => {
    throw new Error(`${order.command} ended at once\n${readFileSync(log, 'utf8').slice(-2000)}`)
  })
  early.catch(() => undefined)
  await Promise.race([early, readiness(isReady)]).catch(async error => {
    await running.kill('SIGKILL')
    throw error
  })
  return running
}

async function readiness(isReady: () => Promise<unknown>): Promise<void> {
  for (let tries = 1200; ; tries -= 1)
    try {
      return void (await isReady())
    } catch (error) {
      if (tries === 0) throw error
      await new Promise(resolve => setTimeout(resolve, 25))
    }
}

/** A port of this machine that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (!address || typeof address === 'string') throw new Error('no port')
  return address.port
}
