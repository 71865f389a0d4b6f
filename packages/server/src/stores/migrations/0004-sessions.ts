import { devices } from '../../domain/device.ts'
import type { Migration } from './migration.ts'

/** Sessions know their device, and there are more ways to end one; a column's words change only with its table. */
export const deviceSessions: Migration = {
  id: 4,
  name: 'sessions',
  statements: ({ text, bytes, integer, word, keyed, index }) => [
    `CREATE TABLE new_session (
      ${text('id', 36)},
      ${text('login_id', 36)},
      ${integer('identity_id')},
      ${text('key_id', 36, 'null')},
      ${word('device', devices)},
      ${integer('counter')},
      ${bytes('last_attempt', 64, 'null')},
      ${integer('created_at')},
      ${integer('idle_until')},
      ${integer('absolute_until')},
      ${integer('ended_at', 'null')},
      ${word('ended_by', ['logout', 'refresh-reused', 'user', 'backend', 'erased', 'operator'], 'null')},
      PRIMARY KEY (id),
      UNIQUE (login_id),
      FOREIGN KEY (identity_id) REFERENCES identity (id),
      FOREIGN KEY (key_id) REFERENCES session_key (id)
    ) ${keyed}`,
    `INSERT INTO new_session
      (id, login_id, identity_id, key_id, device, counter, last_attempt, created_at, idle_until, absolute_until,
       ended_at, ended_by)
    SELECT id, login_id, identity_id, key_id, 'unknown', counter, last_attempt, created_at, idle_until, absolute_until,
       ended_at, ended_by
    FROM session`,
    'DROP TABLE session',
    'ALTER TABLE new_session RENAME TO session',
    'CREATE INDEX session_by_idle ON session (idle_until)',
    index('session_by_key', 'session', 'key_id', 'key_id IS NOT NULL'),
    'CREATE INDEX session_of_identity ON session (identity_id)',
  ],
}
