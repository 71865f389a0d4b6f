import { StorageFault } from '../../ports/store.ts'
import { Raced } from '../sql/statements.ts'

/** What was asked may have happened or not: the connection broke before the answer came. */
export class ConnectionLost extends Error {
  override readonly name: string = 'ConnectionLost'
}

/** It broke at the very end, so nobody knows whether all of it was kept. */
export class OutcomeUnknown extends ConnectionLost {
  override readonly name = 'OutcomeUnknown'
}

/** Says in the words of the port what Postgres met ("PostgreSQL Error Codes", postgresql.org/docs). */
export function toStorageFault(error: unknown): StorageFault {
  if (error instanceof StorageFault) return error
  const code = sqlState(error)
  const isBusy = error instanceof Raced || busy.has(code) || isPoolWait(error)
  return new StorageFault(isBusy ? 'busy' : code === '53100' ? 'full' : 'failed', withoutValues(error))
}

/** Lock not available, canceled by a timeout, deadlock, serialization failure, too many connections. */
const busy = new Set(['55P03', '57014', '40P01', '40001', '53300'])

/** Such as `23505`; empty for an error that the server did not say. */
export function sqlState(error: unknown): string {
  const code = error instanceof Error && 'severity' in error && 'code' in error ? error.code : ''
  return typeof code === 'string' ? code : ''
}

/** Whether all of it was undone for the sake of somebody else, and may succeed now. */
export function mayRepeat(error: unknown): boolean {
  return repeated.has(sqlState(error))
}

/** Whether the connection broke, and took all of it along; one that stays silent has cost all the time there was. */
export function isCutOff(error: unknown): boolean {
  return error instanceof ConnectionLost && !(error instanceof OutcomeUnknown) && !/timeout/i.test(error.message)
}

/** Serialization failure, deadlock; a key taken, or a row gone, since the step had looked. */
const repeated = new Set(['40001', '40P01', '23505', '23503'])

/**
 * Whether the connection is of no use any more: it broke, its answer did not come, the server ends it, or it leads to a
 * server that became read-only and is not the primary any more.
 */
export function isOver(error: unknown): boolean {
  const code = sqlState(error)
  return code === '' || code.startsWith('08') || code.startsWith('57P') || code === '25006'
}

function isPoolWait(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('timeout exceeded when trying to connect')
}

/** The detail of an error, and the text of one about data, repeat what was written: neither belongs in a log. */
export function withoutValues(error: unknown): unknown {
  const code = sqlState(error)
  if (code === '' || !(error instanceof Error)) return error
  const text = code.startsWith('22') ? 'a value was refused' : error.message
  const where = ['table', 'column', 'constraint'].flatMap(name => nameIn(error, name) ?? [])
  return new Error([`${code}: ${text}`, ...where].join(', '))
}

function nameIn(error: Error, field: string): string | null {
  const name: unknown = Object.getOwnPropertyDescriptor(error, field)?.value
  return typeof name === 'string' ? `${field} ${name}` : null
}
