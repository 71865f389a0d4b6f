import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { generateKeyring, writeKeyring } from '@weapp-auth/server'
import { startChild } from '../child.ts'

/** A SQLite file with users, and the keys that it was sealed with. */
export interface UsersOnDisk {
  readonly file: string
  /** What `readKeyring` takes. */
  readonly keys: string
}

/** Measured: 2,150 with login, session_key, phone and the codes that brought them; some more for the WAL. */
const bytesPerUser = 2_300

/**
 * A file with so many users, from bench/.data or made now: minutes for a million, half an hour or more for
 * ten million. A run that was stopped goes on where it was; a larger file begins as a copy of the next smaller one.
 *
 * @throws Error when the disk has no room for it.
 */
export async function openUsers(data: string, users: number): Promise<UsersOnDisk> {
  const folder = join(data, 'users')
  mkdirSync(folder, { recursive: true })
  const keys = keysOf(join(folder, 'keyring.json'))
  const file = join(folder, `${users}.sqlite`)
  const making = `${file}.making`
  if (existsSync(file)) return { file, keys }
  if (!existsSync(making)) {
    const { bavail, bsize } = statfsSync(folder)
    if (bavail * bsize < users * bytesPerUser)
      throw new Error(`${users} users need ${(users * bytesPerUser) / 1e9} GB; the disk has ${(bavail * bsize) / 1e9}`)
    const smaller = largestBelow(folder, users)
    if (smaller) copyFileSync(smaller, making)
  }
  await fill(making, users, keys, join(folder, 'fill.log'))
  renameSync(making, file)
  return { file, keys }
}

function keysOf(file: string): string {
  if (!existsSync(file)) writeFileSync(file, writeKeyring(generateKeyring()), { mode: 0o600 })
  return readFileSync(file, 'utf8')
}

function largestBelow(folder: string, users: number): string | undefined {
  const sizes = readdirSync(folder).map(name => Number(/^(\d+)\.sqlite$/.exec(name)?.[1] ?? 0))
  const largest = Math.max(0, ...sizes.filter(size => size < users))
  return largest > 0 ? join(folder, `${largest}.sqlite`) : undefined
}

async function fill(file: string, users: number, keys: string, log: string): Promise<void> {
  const program = new URL('../programs/fill-users.js', import.meta.url)
  const args = ['--file', file, '--users', String(users), '--keys', keys]
  const child = await startChild({ program, args, core: null, log })
  const tell = setInterval(async () => {
    const filled = await child.ask('filled').catch(() => '?')
    console.error(`· ${filled} of ${users} users are on the disk`)
  }, 10_000)
  try {
    await child.ask('fill')
  } finally {
    clearInterval(tell)
    await child.stop()
  }
}
