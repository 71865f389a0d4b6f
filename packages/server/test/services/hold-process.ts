import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** A program that runs until it is stopped, or until the process that asked for it is gone. */
export interface Held {
  stop(): Promise<void>
}

/** Where its data lies, and who it runs as; the folder is gone when it has ended. */
export interface Place {
  readonly folder: string
  readonly user: { readonly uid: number; readonly gid: number } | Record<string, never>
}

/** A new folder. Root gives it to one of `users`, because databases refuse to run as root. */
export function newPlace(name: string, users: readonly string[]): Place {
  const folder = mkdtempSync(join(tmpdir(), `weapp-auth-${name}-`))
  if (process.getuid?.() !== 0) return { folder, user: {} }
  const user = users.map(idsOf).find(ids => ids !== null)
  if (!user) throw new Error(`none of these users exists: ${users.join(', ')}`)
  chownSync(folder, user.uid, user.gid)
  return { folder, user }
}

function idsOf(user: string): { uid: number; gid: number } | null {
  try {
    const [uid, gid] = ['-u', '-g'].map(flag => Number(execFileSync('id', [flag, user], { stdio: 'pipe' })))
    return uid === undefined || gid === undefined ? null : { uid, gid }
  } catch {
    return null
  }
}

/** The path of a program: on the PATH, or in one of the folders where packages put it; a `*` stands for any name. */
export function findProgram(name: string, folders: readonly string[] = []): string | null {
  const places = [...(process.env.PATH ?? '').split(delimiter), ...folders.flatMap(expanded)]
  return places.map(folder => join(folder, name)).find(path => existsSync(path)) ?? null
}

function expanded(pattern: string): string[] {
  const [before, after] = pattern.split('*')
  if (before === undefined || after === undefined) return [pattern]
  const [parent, start] = [before.slice(0, before.lastIndexOf('/')), before.slice(before.lastIndexOf('/') + 1)]
  if (!existsSync(parent)) return []
  const names = readdirSync(parent).filter(name => name.startsWith(start))
  return names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true })).map(name => `${parent}/${name}${after}`)
}

/**
 * Starts a program, and answers when `isReady` does not throw any more.
 *
 * @throws Error with the end of its log when it ends before, or is not ready within half a minute.
 */
export async function holdProcess(
  { folder, user }: Place,
  order: { command: string; args: readonly string[]; stopSignal: NodeJS.Signals },
  isReady: () => Promise<void>,
): Promise<Held> {
  const log = join(folder, 'log')
  const output = openSync(log, 'a')
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'hold-process.mjs'), JSON.stringify({ ...order, ...user, folder })],
    { stdio: ['pipe', output, output], detached: true },
  )
  closeSync(output)
  child.unref()
  const held = { stop: () => stopped(child) }
  const gone = new Promise<never>((_, reject) =>
    child.once('exit', () => reject(new Error(`${order.command} ended at once`))),
  )
  gone.catch(() => undefined)
  try {
    await Promise.race([gone, ready(isReady)])
    return held
  } catch (error) {
    const tail = existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : ''
    await held.stop()
    throw new Error(`${order.command} did not start\n${tail}`, { cause: error })
  }
}

async function ready(isReady: () => Promise<void>): Promise<void> {
  for (let tries = 600; ; tries -= 1)
    try {
      return await isReady()
    } catch (error) {
      if (tries === 0) throw error
      await new Promise(resolve => setTimeout(resolve, 50))
    }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise(resolve => child.once('exit', resolve))
  child.ref()
  child.stdin?.end()
  await gone
}

/** A port of this machine that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
