import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bytes,
  claimOf,
  loginOf,
  newId,
  now,
  phoneOf,
  registered,
  type Subject,
} from '../../test/store-contract/subject.ts'
import { createMemoryStore } from './memory/index.ts'
import { createSqliteStore } from './sqlite/index.ts'

/*
 * What makes an answer repeatable: of all attempts with one code one has it, for good unless it gives it back; and once
 * something came of it, that attempt reads the same answer for ever, and every other one reads that it is spent.
 */

const long = process.env.WEAPP_AUTH_LONG !== undefined
const staleAfterMs = 15_000

const step = fc.record({
  do: fc.constantFrom('claim', 'claim', 'claim', 'find', 'release', 'bind', 'log in', 'spend'),
  code: fc.nat(2),
  attempt: fc.nat(2),
  kind: fc.constantFrom('phone-code' as const, 'open-data' as const, 'login-code' as const),
  later: fc.constantFrom(0, 0, 1, 14_999, 15_000, 60_000),
})
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never

/** What the model knows of one code. */
interface Known {
  attempt: number
  claimedAt: number
  /** The phone that came of it. */
  phoneId: string | null
  isLogin: boolean
}

async function play(store: Subject, steps: readonly Step[]): Promise<number> {
  const known = new Map<string, Known>()
  const { user } = await registered(store)
  const game = newId()
  let at = now
  let settled = 0

  /** What an attempt must be told of a code that is not given any more. */
  function toldOf(row: Known, attempt: number): string {
    if (row.isLogin || row.attempt !== attempt) return 'spent'
    return row.phoneId === null ? 'pending' : `done ${row.phoneId}`
  }
  const said = (outcome: { readonly status: string; readonly phoneId?: string } | null) =>
    outcome === null ? 'unknown' : outcome.phoneId === undefined ? outcome.status : `done ${outcome.phoneId}`

  for (const { do: act, code, attempt, kind, later } of steps) {
    at += later
    const name = `${kind} ${code}`
    const row = known.get(name)
    const claim = claimOf(`${game} ${name}`, { kind, attempt: bytes(`${attempt}`) })
    switch (act) {
      case 'claim': {
        const isMine = !row || (toldOf(row, attempt) === 'pending' && at - row.claimedAt >= staleAfterMs)
        const expected = isMine ? 'claimed' : toldOf(row, attempt)
        if (isMine) known.set(name, { attempt, claimedAt: at, phoneId: null, isLogin: false })
        same(said(await store.claim(claim, at, staleAfterMs)), expected)
        break
      }
      case 'find':
        same(said(await store.findSpent(claim)), row ? toldOf(row, attempt) : 'unknown')
        break
      case 'release':
        if (row && toldOf(row, attempt) === 'pending') known.delete(name)
        await store.release(claim)
        break
      case 'bind': {
        const outcome = await store.recordPhone(phoneOf(user.id, `${game} ${at}`, { now: at, claims: [claim] }))
        if (row && !row.isLogin && 'phone' in outcome) row.phoneId ??= outcome.phone.id
        settled += row ? 1 : 0
        break
      }
      case 'spend': {
        const outcome = await store.recordPhone(phoneOf(user.id, `${game} ${at}`, { now: at, spends: claim }))
        same(outcome.status === 'spent-before', row !== undefined)
        if (outcome.status === 'spent-before') same(said(outcome.found), row ? toldOf(row, attempt) : 'nothing')
        if ('phone' in outcome) known.set(name, { attempt, claimedAt: at, phoneId: outcome.phone.id, isLogin: false })
        break
      }
      case 'log in': {
        if (kind !== 'login-code') break
        const outcome = await store.recordLogin(loginOf(newId(), { now: at, claim }))
        same(outcome.status, row?.isLogin ? 'code-spent' : 'recorded')
        if (outcome.status === 'code-spent') same(outcome.sameAttempt, row?.attempt === attempt)
        if (outcome.status === 'recorded') known.set(name, { attempt, claimedAt: at, phoneId: null, isLogin: true })
        break
      }
    }
  }
  return settled
}

/** Many times as quick as `expect`, of which there would be millions. */
function same(found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`found ${found}, expected ${expected}`)
}

test.each([
  ['memory', () => createMemoryStore(), long ? 200_000 : 8_000],
  ['SQLite', () => createSqliteStore({ database: new Database(':memory:') }), long ? 50_000 : 2_000],
] as const)(
  'in the %s store one attempt has a code, and reads the same answer for ever',
  { timeout: 3_600_000 },
  async (_, open, numRuns) => {
    const store = open()
    let settled = 0
    const property = fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 20 }), async steps => {
      settled += await play(store, steps)
    })
    await fc.assert(property, { numRuns })
    expect(settled).toBeGreaterThan(0)
    await store.close()
  },
)
