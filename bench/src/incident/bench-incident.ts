import { spawn } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { assignCores, commitNote, machineNote, syncMicros } from '../machine.ts'
import { openUsers } from '../on-disk/open-users.ts'
import { app } from '../world.ts'

/**
 * `npm run bench -- --incident --users 1000000`: how long `weapp-auth incident` takes to tell of everybody, and its memory.
 * Ten minutes are the goal: of the four hours that the law leaves, the list is not to cost more.
 */
export async function benchIncident(home: string, argv: readonly string[]): Promise<string> {
  const options = { incident: { type: 'boolean' }, users: { type: 'string', default: '1000000' } } as const
  const { values } = parseArgs({ args: [...argv], options })
  const data = join(home, '.data')
  mkdirSync(data, { recursive: true })
  const { file } = await openUsers(data, Number(values.users))
  const machine = machineNote(assignCores(), syncMicros(join(data, 'sync')))
  const env = { ...process.env, DATABASE: file, KEYS: join(dirname(file), 'keyring.json') }
  const { seconds, peakMb, last } = await play(home, env, join(data, 'affected.jsonl'))

  const today = new Date().toISOString().slice(0, 10)
  const text = `weapp-auth bench, ${today}${commitNote(home)}: who was affected. "weapp-auth incident" on a SQLite file, all users, to a file.
${machine}

${seconds.toFixed(1)} s, largest resident set ${peakMb.toFixed(0)} MB; goal: 600 s for a million users
last line: ${last}
`
  mkdirSync(join(home, 'results'), { recursive: true })
  writeFileSync(join(home, 'results', `${today}-incident.txt`), text)
  return text
}

async function play(home: string, env: NodeJS.ProcessEnv, out: string) {
  const bin = join(home, '..', 'packages', 'cli', 'dist', 'bin.js')
  const times = ['--from', '2000-01-01T00:00:00Z', '--to', '2100-01-01T00:00:00Z']
  const began = performance.now()
  const child = spawn(process.execPath, [bin, 'incident', '--app', app.appId, ...times], {
    env,
    stdio: ['ignore', openSync(out, 'w'), 'inherit'],
  })
  let peakMb = 0
  const look = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid))
  }, 500)
  const code = await new Promise(resolve => child.once('exit', resolve))
  clearInterval(look)
  if (code !== 0) throw new Error(`weapp-auth incident ended with ${code}`)
  const last = readFileSync(out).subarray(-400).toString('utf8').trimEnd().split('\n').at(-1)
  return { seconds: (performance.now() - began) / 1000, peakMb, last }
}

/** Linux tells it; elsewhere it is not known. */
function peakOf(pid = 0): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
