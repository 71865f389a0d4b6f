import { devices } from '../../domain/device.ts'
import type { Migration } from './migration.ts'

/**
 * What one login writes lies together: the session_keys of an identity in one place, without an index beside them, and
 * one index of sessions by identity and key. A login writes 0.71 to 0.89 of the pages for it.
 */
export const keysOfIdentities: Migration = {
  id: 14,
  name: 'keys-of-identities',
  statements: ({ text, bytes, integer, word, keyed }) => [
    // Only one of an identity is in use: who changes them holds the user.
    `CREATE TABLE new_session_key (
      ${integer('identity_id')},
      ${text('id', 36)},
      ${bytes('fingerprint', 64)},
      ${bytes('sealed', 256, 'null')},
      ${integer('failures')},
      ${integer('burnt')},
      ${integer('issued_at')},
      ${integer('superseded_at', 'null')},
      PRIMARY KEY (identity_id, id),
      FOREIGN KEY (identity_id) REFERENCES identity (id),
      CHECK (burnt = 0 OR sealed IS NULL)
    ) ${keyed}`,
    `INSERT INTO new_session_key (identity_id, id, fingerprint, sealed, failures, burnt, issued_at, superseded_at)
     SELECT identity_id, id, fingerprint, sealed, failures, burnt, issued_at, superseded_at
     FROM session_key ORDER BY identity_id, id`,

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
      FOREIGN KEY (identity_id, key_id) REFERENCES new_session_key (identity_id, id)
    ) ${keyed}`,
    `INSERT INTO new_session
      (id, login_id, identity_id, key_id, device, counter, last_attempt, created_at, idle_until, absolute_until,
       ended_at, ended_by)
     SELECT id, login_id, identity_id, key_id, device, counter, last_attempt, created_at, idle_until, absolute_until,
       ended_at, ended_by
     FROM session`,
    'DROP TABLE session',
    'DROP TABLE session_key',
    'ALTER TABLE new_session_key RENAME TO session_key',
    'ALTER TABLE new_session RENAME TO session',
    'CREATE INDEX session_by_idle ON session (idle_until)',
    'CREATE INDEX session_of_identity ON session (identity_id, key_id)',
  ],
}
