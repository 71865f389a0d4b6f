import type { StoreUnusable, StoreUnusableCode } from '@weapp-auth/server/sqlite'
import { CliFault } from './cli-fault.ts'
import type { ExitCode } from './exit-codes.ts'

const exits: Readonly<Record<StoreUnusableCode, ExitCode>> = {
  'in-use': 'unavailable',
  'schema-too-new': 'config',
  'not-writable': 'noPermission',
  'no-space': 'unavailable',
  damaged: 'config',
  foreign: 'config',
  unreachable: 'unavailable',
  'tls-failed': 'config',
  'access-denied': 'noPermission',
  'no-database': 'config',
  'no-permission': 'noPermission',
  'too-many-connections': 'unavailable',
  'version-too-old': 'config',
  'read-only': 'unavailable',
  migrating: 'unavailable',
  'half-migrated': 'config',
  'transfer-unfinished': 'unavailable',
  failed: 'unavailable',
}

/** Why the database that DATABASE, or a flag, names cannot be used, for the person who starts the program. */
export function storeFault(error: StoreUnusable, name = 'DATABASE'): CliFault {
  const { code, text, fix, cause } = error
  // What databases and drivers say names tables, users and files, never a value or a password.
  const reason = (cause instanceof Error && cause.message) || code
  const sentence = {
    zh: `${text.zh}${fix.zh}可用 ${name} 指定其他位置。（${reason}）`,
    en: `${text.en} ${fix.en} ${name} can name another place. (${reason})`,
  }
  return new CliFault(exits[code], sentence, error)
}
