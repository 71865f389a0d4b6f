/**
 * A process of its own with a store: `program postgres <url>`. Told a line of JSON on stdin ({@link Heat}), it lets its
 * racers run at once, and answers with the words that they got, as a line of JSON.
 */
import { createInterface } from 'node:readline'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { createMysqlStore } from '../../src/stores/mysql/mysql-store.ts'
import { createPostgresStore } from '../../src/stores/postgres/postgres-store.ts'
import { type RaceName, races } from './races.ts'

export interface Heat {
  readonly race: RaceName
  readonly round: string
  readonly subjects: readonly string[]
  /** The racers of this process: from this one on, so many. */
  readonly from: number
  readonly count: number
}

const openers = {
  postgres: (url: string) => createPostgresStore({ pool: new Pool({ connectionString: url, max: 8 }) }),
  mysql: (url: string) => createMysqlStore({ pool: createPool({ uri: url, connectionLimit: 8 }) }),
}

export type Kind = keyof typeof openers

async function serve(kind: Kind, url: string): Promise<void> {
  const store = await openers[kind](url)
  process.stdout.write('open\n')
  for await (const line of createInterface({ input: process.stdin })) {
    const { race, round, subjects, from, count } = JSON.parse(line) as Heat
    const run = (index: number) => races[race]({ store, round, subjects, index: from + index })
    const words = await Promise.all(Array.from({ length: count }, (_, index) => run(index).catch(String)))
    process.stdout.write(`${JSON.stringify(words)}\n`)
  }
  await store.close()
}

const [kind, url = ''] = process.argv.slice(2)
if (kind === 'postgres' || kind === 'mysql') serve(kind, url)
