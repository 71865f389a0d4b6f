import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll } from 'vitest'
import { newId } from '../../../test/store-contract/subject.ts'
import { storeContract } from '../contract.ts'
import { createSqliteStore } from './sqlite-store.ts'
import { realTiming } from './timing.ts'

const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-'))
afterAll(() => rmSync(folder, { recursive: true }))

const newDatabase = () => new Database(join(folder, `${newId()}.sqlite`))

storeContract('the SQLite store, each step a commit', () =>
  createSqliteStore({ database: newDatabase(), groupCommitMs: 0 }),
)

storeContract('the SQLite store, one commit for each turn of the event loop', () =>
  createSqliteStore({
    database: newDatabase(),
    timing: { now: realTiming.now, after: (_, task) => realTiming.after(0, task) },
  }),
)
