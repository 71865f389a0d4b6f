import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PhonesAnswer, routes } from '@weapp-auth/protocol/contract'
import type { Store } from '@weapp-auth/server'
import { createMemoryStore } from '@weapp-auth/server/memory'
import { createSqliteStore } from '@weapp-auth/server/sqlite'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { caseCount } from './case-count.ts'
import { openTarget } from './open-target.ts'

/*
 * A16: two users prove one number at the same moment, eight taps each, over HTTP. Races between processes on each
 * database are run by the store's own suite; this is the whole way, from the tap to the history.
 */

const rounds = caseCount(15, 500)
const taps = 8

const stores: readonly (readonly [string, () => Promise<Store>])[] = [
  ['memory', async () => createMemoryStore()],
  ['SQLite', openFile],
]

async function openFile(): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'weapp-auth-attack-'))
  const store = createSqliteStore({ database: new Database(join(folder, 'auth.sqlite')) })
  onTestFinished(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })
  return store
}

const numberOf = (round: number) => `138${String(round).padStart(8, '0')}`
const day = 24 * 60 * 60_000

describe.each(stores)('in %s', (_, open) => {
  test.each(['reject', 'transfer', 'keep-both'] as const)(
    'sixteen taps of two users on one number end with the owners that the rule %s allows',
    { timeout: 30_000 + rounds * 1000 },
    async phoneConflict => {
      const people = Array.from({ length: rounds }, (_, round) =>
        ['a', 'b', 'former'].map(id => ({ id: `${id}${round}`, name: id, phones: [{ number: numberOf(round) }] })),
      ).flat()
      const server = { store: await open(), limits: { perIp: 'off', perUser: 'off' } } as const
      const target = await openTarget({ people, policy: { phoneConflict }, server })
      const bind = async (person: string, token: string) =>
        target.post(routes.phone, { code: (await target.tap(person)).code, nonce: target.nonce() }, token)
      const historyOf = async (token: string | undefined) =>
        (await target.get<PhonesAnswer>(routes.myPhones, token)).body.phones

      // Where numbers move, somebody had each of them, and long ago.
      if (phoneConflict === 'transfer') {
        for (let round = 0; round < rounds; round += 1) {
          const { tokens } = await target.logIn(`former${round}`)
          expect(await bind(`former${round}`, tokens.accessToken)).toMatchObject({ status: 200 })
        }
        target.clock.advance(46 * day)
      }
      for (let round = 0; round < rounds; round += 1) {
        const both = await Promise.all([target.logIn(`a${round}`), target.logIn(`b${round}`)])
        const tokens = both.map(({ tokens }) => tokens.accessToken)
        const codes: string[] = []
        for (let at = 0; at < 2 * taps; at += 1) codes.push((await target.tap(`${at % 2 ? 'b' : 'a'}${round}`)).code)
        const answers = await Promise.all(
          codes.map((code, at) => target.post(routes.phone, { code, nonce: target.nonce() }, tokens[at % 2])),
        )
        // Bound, or told that somebody else has it: no fault, no deadlock.
        for (const { status, text } of answers) expect([status, text]).toEqual([expect.toBeOneOf([200, 409]), text])

        const rows = await Promise.all(tokens.map(historyOf))
        const owners = rows.filter(phones => phones.some(({ replacedAt }) => replacedAt === null))
        const granted = [0, 1].map(who => answers.some(({ status }, at) => at % 2 === who && status === 200))
        expect(owners).toHaveLength(phoneConflict === 'keep-both' ? 2 : 1)
        // Whoever was told that it is theirs has it in the history, once, and nobody else has anything there.
        expect(rows.map(phones => phones.length)).toEqual(granted.map(Number))
        for (const { number } of rows.flat()) expect(number).toBe(`+86${numberOf(round)}`)
        if (phoneConflict !== 'transfer') continue
        const former = await target.logIn(`former${round}`)
        expect(await historyOf(former.tokens.accessToken)).toMatchObject([
          { number: `+86${numberOf(round)}`, replacedReason: 'transferred' },
        ])
      }
    },
  )
})
