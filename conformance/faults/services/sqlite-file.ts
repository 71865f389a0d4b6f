import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSqliteStore } from '@weapp-auth/server/sqlite'
import Database from 'better-sqlite3'
import { openRealWorld, type RealWorld, type RealWorldOptions } from '../open-real-world.ts'

/** A world on a SQLite file. */
export interface FileWorld extends RealWorld {
  readonly file: string
  /** The connection of the server that runs now. */
  readonly database: Database.Database
}

export interface FileWorldOptions extends Pick<RealWorldOptions, 'limiter' | 'observe'> {
  /** Where the file lies. Default: a new folder, which is removed at the end. */
  readonly folder?: string
  readonly busyTimeoutMs?: number
}

export async function openFileWorld({
  folder,
  busyTimeoutMs = 2000,
  ...others
}: FileWorldOptions = {}): Promise<FileWorld> {
  const place = folder ?? mkdtempSync(join(tmpdir(), 'weapp-auth-faults-'))
  const file = join(place, 'auth.sqlite')
  let database = new Database(file)
  const world = await openRealWorld({
    ...others,
    async openStore() {
      database = database.open ? database : new Database(file)
      return createSqliteStore({ database, busyTimeoutMs })
    },
    rowsOf: async sql => beside(file, reader => reader.prepare(sql).all()),
    selfCheck: async () => beside(file, flawsOf),
  })
  return {
    ...world,
    file,
    get origin() {
      return world.origin
    },
    get server() {
      return world.server
    },
    get database() {
      return database
    },
    async close() {
      await world.close()
      if (folder === undefined) rmSync(place, { recursive: true, force: true })
    },
  }
}

function beside<T>(file: string, work: (reader: Database.Database) => T): T {
  const reader = new Database(file, { readonly: true })
  try {
    return work(reader)
  } finally {
    reader.close()
  }
}

function flawsOf(reader: Database.Database): string[] {
  const broken = reader.pragma('integrity_check', { simple: true })
  const foreign = reader.pragma('foreign_key_check') as unknown[]
  return [
    ...(broken === 'ok' ? [] : [String(broken)]),
    ...(foreign.length > 0 ? ['a row without the one it belongs to'] : []),
  ]
}
