// Reads better whole: one soak from its cast to its verdict.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { type Child, startChild } from '../child.ts'
import { commitNote } from '../machine.ts'
import { openUsers } from '../on-disk/open-users.ts'
import { createCaller } from './caller.ts'
import { createCrowd } from './crowd.ts'
import { openLoop } from './open-loop.ts'
import { soakReport } from './soak-report.ts'
import { type Holdings, type SoakSample, soakVerdict } from './soak-verdict.ts'

/** Thrown when the soak does not hold; the message is the report. */
export class SoakBroken extends Error {
  override readonly name = 'SoakBroken'
}

/** After this the stub of WeChat closes idle connections, as its `keep-alive` tells; those of the load end at once. */
const idleMs = 4_000
const quietSeconds = 8

/**
 * `npm run bench -- --soak`: a mixed load at a modest rate, paced by the clock, on a file full of users. What is
 * measured is what grows: memory after collections, open handles, wrong answers, the state of the store at the end.
 *
 * @throws SoakBroken when anything of it is not as it must be.
 */
export async function benchSoak(home: string, argv: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      soak: { type: 'boolean' },
      minutes: { type: 'string', default: '30' },
      users: { type: 'string', default: '1000000' },
      rate: { type: 'string', default: '100' },
    },
  })
  const [minutes, users, rate] = [Number(values.minutes), Number(values.users), Number(values.rate)]
  const data = join(home, '.data')
  const folder = join(data, 'soak')
  const filled = await openUsers(data, users)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'data.sqlite')
  copyFileSync(filled.file, file)

  const children: Child[] = []
  const start = async (program: URL, args: readonly string[], nodeArgs: readonly string[] = []) => {
    const log = join(folder, `${children.length}.log`)
    const child = await startChild({ program, args, nodeArgs, core: null, log })
    children.push(child)
    return child
  }
  try {
    const stub = await start(new URL('../programs/wechat-stub.js', import.meta.url), ['--idle-ms', `${idleMs}`])
    const upstream = `http://127.0.0.1:${portOf(stub)}`
    const args = ['--upstream', upstream, '--file', file, '--keys', filled.keys]
    const server = await start(new URL('../programs/soak-server.js', import.meta.url), args, ['--expose-gc'])
    const played = await play(server, users, { minutes, rate })
    const failures = (await server.ask('finish')) as readonly string[]
    const refused = ((await stub.ask('calls')) as { readonly refused: number }).refused
    const broken = [
      ...played.broken,
      ...failures.map(failure => `behind the requests: ${failure}`),
      ...(refused > 0 ? [`WeChat refused ${refused} requests`] : []),
      ...inconsistencies(file, users + played.newcomers),
    ]
    const today = new Date().toISOString().slice(0, 10)
    const text = soakReport({ ...played, minutes, users, rate, broken, heading: `${today}${commitNote(home)}` })
    if (broken.length > 0) throw new SoakBroken(text)
    if (minutes >= 30) keep(join(home, 'results'), `${today}-soak.txt`, text)
    return text
  } finally {
    await Promise.all(children.map(child => child.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
}

const portOf = (child: Child): number => (child.ready as { readonly port: number }).port

function keep(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), text)
}

async function play(server: Child, users: number, { minutes, rate }: { minutes: number; rate: number }) {
  let last = 0
  const serial = () => ++last
  const smsCode = async (number: string) => (await server.ask('smsCode', number)) as string | undefined
  const holdings = () => server.ask('holdings') as Promise<Holdings>
  let shed = 0
  const open = () => createCaller(portOf(server), () => shed++)
  let caller = open()
  const call: typeof caller.call = input => caller.call(input)
  const crowd = createCrowd(users, { call, smsCode, serial }, Math.random)
  const quiet = async () => {
    await caller.close()
    await new Promise(resolve => setTimeout(resolve, quietSeconds * 1000))
    caller = open()
    return holdings()
  }

  const warm = await openLoop(rate, 10, crowd.turn)
  const before = await quiet()
  const samples: SoakSample[] = []
  const began = performance.now()
  const sampling = setInterval(async () => {
    const second = Math.round((performance.now() - began) / 1000)
    samples.push({ second, ...(await holdings()) })
  }, 5_000)
  const paced = await openLoop(rate, minutes * 60, crowd.turn)
  clearInterval(sampling)
  const after = await quiet()
  const again = await crowd.lookAgain(200).catch((error: unknown) => String(error))
  await caller.close()

  // Five minutes of a whole run; a short one is content with a third, and with three times the growth: caches still fill.
  const limits = minutes >= 15 ? { settleSeconds: 300, growth: 0.05 } : { settleSeconds: minutes * 20, growth: 0.15 }
  // A quiet machine has nothing to shed at this rate; the short form runs where others do.
  const mostShed = paced.turns * (minutes >= 15 ? 0.001 : 0.2)
  const failures = [...warm.failures, ...paced.failures, ...(typeof again === 'string' ? [again] : [])]
  const tooMany = shed > mostShed ? [`${shed} requests were shed as too many`] : []
  const broken = [...failures, ...tooMany, ...soakVerdict(samples, { before, after }, limits)]
  return { samples, before, after, limits, broken, shed, paced, counts: crowd.counts, newcomers: crowd.newcomers() }
}

/** What SQLite finds wrong with the file, and whether everybody is in it. */
function inconsistencies(file: string, people: number): readonly string[] {
  const database = new Database(file, { readonly: true })
  const found: string[] = []
  const integrity = database.pragma('integrity_check', { simple: true })
  if (integrity !== 'ok') found.push(`integrity_check: ${integrity}`)
  const strays = database.pragma('foreign_key_check') as unknown[]
  if (strays.length > 0) found.push(`${strays.length} rows point to nothing`)
  const count = (sql: string) => database.prepare<[], { n: number }>(sql).get()?.n
  const identities = count('SELECT count(*) AS n FROM identity')
  if (identities !== people) found.push(`${identities} people are in the file instead of ${people}`)
  const due = count('SELECT count(*) AS n FROM job WHERE done_at IS NULL')
  if (due !== 0) found.push(`${due} jobs are not done`)
  database.close()
  return found
}
