import { generateKeyring, type Keyring, ProblemError } from '@weapp-auth/server'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { flows } from './flows.ts'
import { nameOf } from './go-through.ts'
import { openWorld } from './open-world.ts'
import { mo, visit } from './people.ts'
import { expectDiscreet, expectWellFormed } from './site.ts'

/** Every row of every table, in order. */
function contentOf(file: string): unknown {
  const database = new Database(file, { readonly: true })
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all()
  const rows = tables.map(table => {
    const { name } = table as { readonly name: string }
    return [name, database.prepare(`SELECT * FROM "${name}" ORDER BY 1`).all()]
  })
  database.close()
  return rows
}

/** The same number, another secret; and another number only, as when a file is lost and a new one was made. */
const wrong: readonly (readonly [string, (keys: Keyring) => Keyring])[] = [
  ['root key 1 is not the one', () => generateKeyring()],
  [
    'root key 1 is missing',
    keys => ({
      ...keys,
      root: { primary: 2, keys: generateKeyring().root.keys.map(key => ({ ...key, id: 2 })) },
    }),
  ],
]

describe.each(flows)('$id', { timeout: 60_000 }, flow => {
  test.each(wrong)('F26: %s', async (says, keysOf) => {
    const world = await openWorld()
    try {
      // Something is sealed, whatever the flow.
      await visit(world, mo)
      const attempt = await flow.begin(world)
      // A server that stops writes down what it has counted.
      await world.restart()
      const before = contentOf(world.file)
      const refusal = await world.restart(keysOf(world.keys)).catch((error: unknown) => error)
      expect(refusal).toBeInstanceOf(ProblemError)
      expect(refusal).toMatchObject({ code: 'keys_mismatched', detail: expect.stringContaining(says) })

      // Whoever opens the port all the same serves nobody, and spoils nothing.
      const answer = await attempt.send()
      expectWellFormed(answer)
      expect(nameOf(answer)).toBe('503 keys_mismatched')
      expect(contentOf(world.file)).toEqual(before)

      await world.restart()
      expect(nameOf(await attempt.send())).toBe('200')
      expect(await attempt.effect()).toBe('done')
      expect(await world.looseEnds()).toEqual([])
      expectDiscreet(world)
    } finally {
      await world.close()
    }
  })
})
