import { StorageFault } from '../../ports/store.ts'
import { Raced } from '../sql/statements.ts'
import { codes, driverCode, isOneOf, serverCode } from './mysql-code.ts'

/** Says in the words of the port what MySQL met. */
export function toStorageFault(error: unknown): StorageFault {
  if (error instanceof StorageFault) return error
  return new StorageFault(codeOf(error), withoutValues(error))
}

function codeOf(error: unknown): StorageFault['code'] {
  if (isOneOf(codes.full, error)) return 'full'
  const isBusy =
    error instanceof Raced || isOneOf([...codes.busy, ...codes.deadlock, ...codes.tooManyConnections], error)
  return isBusy ? 'busy' : 'failed'
}

/** What the server says of a key that is taken or a value that does not fit repeats the value (SQLSTATE 22 and 23). */
function withoutValues(error: unknown): unknown {
  if (!(error instanceof Error && 'sqlState' in error) || !/^2[23]/.test(String(error.sqlState))) return error
  const where = error.message.match(/ for (?:key|column) '[\w."`]+'/g)?.at(-1) ?? ''
  return Object.assign(new Error(`${driverCode(error) || 'error'} (${serverCode(error)})${where}`), {
    code: driverCode(error),
  })
}
