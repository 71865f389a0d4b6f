import Database from 'better-sqlite3'

/** What each row must have beside it: a query finds those that have not. */
export const orphans: Readonly<Record<string, string>> = {
  'a user who never had an identity':
    'SELECT id FROM "user" WHERE erased_at IS NULL AND id NOT IN (SELECT user_id FROM identity)',
  'an identity without a session': 'SELECT id FROM identity WHERE user_id NOT IN (SELECT user_id FROM session)',
  'a session without its spent code':
    "SELECT id FROM session WHERE id NOT IN (SELECT session_id FROM spent WHERE kind = 'login-code')",
  'a number without what proved it':
    'SELECT phone_id FROM phone WHERE phone_id NOT IN (SELECT phone_id FROM spent WHERE phone_id IS NOT NULL)',
  'a spent code whose number is not there, of a user who is': `SELECT s.id FROM spent s WHERE s.phone_id IS NOT NULL
    AND s.phone_id NOT IN (SELECT phone_id FROM phone) AND NOT EXISTS (SELECT 1 FROM audit)`,
  'a job that is done and has no proof': 'SELECT id FROM job WHERE done_at IS NOT NULL AND audit_seq IS NULL',
  'an erased user whose key is there': 'SELECT id FROM "user" WHERE erased_at IS NOT NULL AND length(wrapped_key) > 1',
}

/** P2 in a SQLite file: rows that belong to nothing, and what the database itself finds wrong. */
export function looseEndsOf(file: string): readonly string[] {
  const database = new Database(file, { readonly: true })
  try {
    const broken = database.pragma('integrity_check', { simple: true })
    const foreign = database.pragma('foreign_key_check')
    const found = Object.entries(orphans).filter(([, query]) => database.prepare(query).all().length > 0)
    return [
      ...(broken === 'ok' ? [] : [String(broken)]),
      ...(Array.isArray(foreign) && foreign.length > 0 ? ['a row without the one it belongs to'] : []),
      ...found.map(([what]) => what),
    ]
  } finally {
    database.close()
  }
}
