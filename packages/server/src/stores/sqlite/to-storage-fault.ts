import { StorageFault } from '../../ports/store.ts'

/**
 * Says in the words of the port what SQLite met (result codes: "Result and Error Codes", sqlite.org/rescode.html).
 * Its message names tables and columns, never a value.
 */
export function toStorageFault(error: unknown): StorageFault {
  if (error instanceof StorageFault) return error
  const code = sqliteCode(error)
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return new StorageFault('busy', error)
  return new StorageFault(isFull(code) ? 'full' : 'failed', error)
}

/** Such as `SQLITE_BUSY`; empty for an error that is not SQLite's. */
export function sqliteCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : ''
}

/** A file beside the database that cannot grow says it in its own way ("SQLITE_IOERR_SHMSIZE", sqlite.org/rescode.html). */
export function isFull(code: string): boolean {
  return code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE'
}

/** True when one step broke a rule of the schema; anything else SQLite says is trouble for the whole transaction. */
export function isOwnFault(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === '' || code.startsWith('SQLITE_CONSTRAINT') || code === 'SQLITE_MISMATCH' || code === 'SQLITE_TOOBIG'
}
