import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditStart } from '../../src/domain/audit-entry.ts'
import { appId, bytes, newId, now, race, registered, type Subject } from '../store-contract/subject.ts'
import { type Program, startProgram } from '../store-process/start-program.ts'
import type { Heat, Kind } from './program.ts'
import type { RaceName } from './races.ts'

interface Plan {
  /** In both processes together. */
  readonly racers: number
  /** How often it is run at full length; else so often that all of them take a minute. */
  readonly rounds: number
  /** What the racers must have got, all together. */
  readonly got: Readonly<Record<string, number>>
}

/** Racers and rounds are those of docs/security/races.json. */
const plans: Readonly<Record<RaceName, Plan>> = {
  'a first login': { racers: 64, rounds: 500, got: { recorded: 1, 'user-exists': 63 } },
  'first logins of one person in two apps': { racers: 64, rounds: 500, got: { recorded: 1, 'user-exists': 63 } },
  'logins with one code': { racers: 64, rounds: 500, got: { recorded: 1, 'code-spent': 63 } },
  'the claim of a code': { racers: 32, rounds: 300, got: { claimed: 1, spent: 31 } },
  'the lease of a token': { racers: 32, rounds: 300, got: { leased: 1, refused: 31 } },
  'the rotation of a session': { racers: 16, rounds: 500, got: { rotated: 1, reused: 1, ended: 14 } },
  'the repetition of a rotation': { racers: 64, rounds: 500, got: { 'counter 1': 64 } },
  'a logout beside rotations': { racers: 16, rounds: 500, got: { answered: 8, 'ended it': 1, 'had ended': 7 } },
  'an erasure beside logins': { racers: 16, rounds: 500, got: { erased: 1, answered: 15 } },
  'an erasure beside phones': { racers: 16, rounds: 500, got: { erased: 1, answered: 15 } },
  'a number that the first owner keeps': { racers: 16, rounds: 500, got: { bound: 1, taken: 15 } },
  'a number that goes to who proves it last': { racers: 16, rounds: 500, got: { bound: 16 } },
  'a budget of ten': { racers: 32, rounds: 300, got: { spent: 10, refused: 22 } },
  'three jobs': { racers: 32, rounds: 300, got: { taken: 3, none: 29 } },
  'the end of the audit log': { racers: 32, rounds: 300, got: { appended: 32 } },
}
const roundsOf = ({ rounds }: Plan) => (process.env.WEAPP_AUTH_LONG ? rounds : 8)

/**
 * Two processes on one database, their racers at once: what {@link storeContract} promises in one process holds in any
 * number. `open` brings the URL of a new, empty database and a store on it.
 *
 * @example
 * raceContract('postgres', async () => ({ url, store }))
 */
export function raceContract(kind: Kind, open: () => Promise<{ readonly url: string; readonly store: Subject }>): void {
  describe('of racers in two processes', { timeout: process.env.WEAPP_AUTH_LONG ? 3_600_000 : 180_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-races-'))
    let store: Subject
    let programs: readonly Program[] = []
    beforeAll(async () => {
      const opened = await open()
      store = opened.store
      const bundle = await bundleProgram(folder)
      programs = [1, 2].map(() => startProgram(bundle, [kind, opened.url]))
      expect(await Promise.all(programs.map(program => program.line()))).toEqual(['open', 'open'])
    }, 60_000)
    afterAll(async () => {
      for (const program of programs) await program.kill()
      await store.close()
      rmSync(folder, { recursive: true })
    })

    it.each(Object.keys(plans) as RaceName[])('exactly as many win as may: %s', async name => {
      const plan = plans[name]
      const half = plan.racers / 2
      for (let round = 0; round < roundsOf(plan); round += 1) {
        const subjects = await prepare(store, name, plan.racers)
        const heat = { race: name, round: newId(), subjects, count: half }
        for (const [index, program] of programs.entries())
          program.tell(JSON.stringify({ ...heat, from: index * half } satisfies Heat))
        const words = await Promise.all(programs.map(async program => JSON.parse((await program.line()) ?? '[]')))
        expect(counted(words.flat())).toEqual(plan.got)
        await judge(store, name, subjects)
      }
    })
  })
}

/** What is there before the start. */
async function prepare(store: Subject, name: RaceName, racers: number): Promise<readonly string[]> {
  if (name === 'logins with one code' || name.startsWith('an erasure')) {
    const { openId, user } = await registered(store)
    return [openId, user.id]
  }
  if (/rotation/.test(name)) return [(await registered(store)).session.id]
  if (name.startsWith('a number')) return (await race(racers, () => registered(store))).map(({ user }) => user.id)
  if (name === 'three jobs') for (let count = 0; count < 3; count += 1) await addJob(store)
  return []
}

async function addJob(store: Subject): Promise<void> {
  const id = newId()
  const hashes = { event: bytes(`event ${id}`), stamp: bytes(`stamp ${id}`), sealed: bytes('sealed') }
  await store.addJob({ id, kind: 'authorization-revoked', appId, ...hashes, eventAt: now, dueAt: now })
}

/** What is there after the end, where words alone do not tell. */
async function judge(store: Subject, name: RaceName, subjects: readonly string[]): Promise<void> {
  if (name === 'a logout beside rotations') expect((await store.findSession(subjects[0] ?? ''))?.endedAt).toBe(now)
  if (name.startsWith('an erasure')) {
    const [openId = '', userId = ''] = subjects
    expect(await store.phonesOf(userId)).toEqual([])
    expect(await store.liveSessionsOf(userId, now, 100)).toEqual([])
    expect([await store.findUser(userId), await store.findIdentity(appId, openId)]).toEqual([null, null])
  }
  if (name.startsWith('a number')) {
    const owners = await race(subjects.length, index => store.currentPhone(subjects[index] ?? ''))
    expect(owners.filter(phone => phone !== null)).toHaveLength(1)
  }
  if (name !== 'the end of the audit log') return
  const lines = await store.auditAfter(0, 1_000_000)
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1))
  expect(lines.map(({ previous }) => previous)).toEqual([auditStart, ...lines].slice(0, -1).map(({ hash }) => hash))
}

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

/** Makes one file, drivers and all, because Node 20 cannot run TypeScript. */
async function bundleProgram(folder: string): Promise<string> {
  const outfile = join(folder, 'program.cjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'program.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['@weapp-auth/source'],
    external: ['pg-native'],
    outfile,
  })
  return outfile
}
