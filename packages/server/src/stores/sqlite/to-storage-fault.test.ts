import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { StorageFault } from '../../ports/store.ts'
import { toStorageFault } from './to-storage-fault.ts'

describe('an error of the database', () => {
  it.each([
    ['SQLITE_BUSY', 'busy'],
    ['SQLITE_BUSY_SNAPSHOT', 'busy'],
    ['SQLITE_LOCKED', 'busy'],
    ['SQLITE_FULL', 'full'],
    ['SQLITE_IOERR_WRITE', 'failed'],
    ['SQLITE_READONLY', 'failed'],
    ['SQLITE_CORRUPT', 'failed'],
    ['SQLITE_CONSTRAINT_UNIQUE', 'failed'],
  ])('%s becomes %s and stays as the cause', (code, expected) => {
    const cause = new Database.SqliteError('text', code)
    expect(toStorageFault(cause)).toMatchObject({ name: 'StorageFault', code: expected, cause })
  })

  it('that is a fault already stays as it is', () => {
    const fault = new StorageFault('busy')
    expect(toStorageFault(fault)).toBe(fault)
  })

  it('that is no error at all is a fault too', () => {
    expect(toStorageFault('odd')).toMatchObject({ code: 'failed', cause: 'odd' })
  })
})
