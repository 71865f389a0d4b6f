import type { Migration } from './migration.ts'

/**
 * Ids come from the caller and are UUIDs of version 7, so rows are appended to their tables; hashes are in an index
 * only. Each index answers one question that is asked, or keeps one promise.
 */
export const first: Migration = {
  id: 1,
  name: 'first',
  statements: ({ text, bytes, integer, word, rowNumber, numbered, keyed, index, uniqueIndex }) => [
    `CREATE TABLE "user" (
      ${text('id', 36)},
      ${bytes('wrapped_key', 256)},
      ${integer('created_at')},
      PRIMARY KEY (id)
    ) ${keyed}`,

    `CREATE TABLE identity (
      ${rowNumber('id')},
      ${text('app_id', 64)},
      ${text('open_id', 64)},
      ${text('union_id', 64, 'null')},
      ${text('user_id', 36)},
      UNIQUE (app_id, open_id),
      FOREIGN KEY (user_id) REFERENCES "user" (id)
    ) ${numbered}`,

    // Whose a unionid is: of two users with one unionid the first keeps it.
    `CREATE TABLE union_id (
      ${text('union_id', 64)},
      ${text('user_id', 36)},
      PRIMARY KEY (union_id),
      FOREIGN KEY (user_id) REFERENCES "user" (id)
    ) ${keyed}`,

    `CREATE TABLE session_key (
      ${text('id', 36)},
      ${integer('identity_id')},
      ${bytes('fingerprint', 64)},
      ${bytes('sealed', 256, 'null')},
      ${integer('failures')},
      ${integer('burnt')},
      ${integer('issued_at')},
      ${integer('superseded_at', 'null')},
      PRIMARY KEY (id),
      FOREIGN KEY (identity_id) REFERENCES identity (id),
      CHECK (burnt = 0 OR sealed IS NULL)
    ) ${keyed}`,
    'CREATE INDEX session_key_by_fingerprint ON session_key (identity_id, fingerprint)',
    uniqueIndex('session_key_in_use', 'session_key', 'identity_id', 'superseded_at IS NULL'),

    // A login begins exactly one session, so they share a row.
    `CREATE TABLE session (
      ${text('id', 36)},
      ${text('login_id', 36)},
      ${integer('identity_id')},
      ${text('key_id', 36, 'null')},
      ${integer('counter')},
      ${bytes('last_attempt', 64, 'null')},
      ${integer('created_at')},
      ${integer('idle_until')},
      ${integer('absolute_until')},
      ${integer('ended_at', 'null')},
      ${word('ended_by', ['logout', 'refresh-reused'], 'null')},
      PRIMARY KEY (id),
      UNIQUE (login_id),
      FOREIGN KEY (identity_id) REFERENCES identity (id),
      FOREIGN KEY (key_id) REFERENCES session_key (id)
    ) ${keyed}`,
    'CREATE INDEX session_by_idle ON session (idle_until)',
    index('session_by_key', 'session', 'key_id', 'key_id IS NOT NULL'),

    `CREATE TABLE spent (
      ${rowNumber('id')},
      ${word('kind', ['login-code', 'phone-code', 'open-data'])},
      ${text('app_id', 64)},
      ${bytes('hash', 64)},
      ${bytes('attempt', 64)},
      ${integer('claimed_at')},
      ${integer('until')},
      ${text('login_id', 36, 'null')},
      ${text('session_id', 36, 'null')},
      ${text('phone_id', 36, 'null')},
      ${word('change', ['bound', 'replaced', 'unchanged'], 'null')},
      UNIQUE (hash, app_id, kind)
    ) ${numbered}`,
    'CREATE INDEX spent_by_until ON spent (until)',

    // `id` orders the history of a user; `phone_id` is the name of a row outside.
    `CREATE TABLE phone (
      ${rowNumber('id')},
      ${text('phone_id', 36)},
      ${text('user_id', 36)},
      ${text('app_id', 64)},
      ${bytes('sealed_number', 256)},
      ${bytes('blind_index', 64)},
      ${text('country_code', 4)},
      ${word('source', ['phone-code', 'open-data'])},
      ${integer('verified_at')},
      ${integer('replaced_at', 'null')},
      UNIQUE (phone_id),
      FOREIGN KEY (user_id) REFERENCES "user" (id)
    ) ${numbered}`,
    'CREATE INDEX phone_of_user ON phone (user_id)',
    uniqueIndex('phone_current', 'phone', 'user_id', 'replaced_at IS NULL'),
    index('phone_by_number', 'phone', 'blind_index', 'replaced_at IS NULL'),

    `CREATE TABLE access_token (
      ${text('app_id', 64)},
      ${bytes('sealed', 4096, 'null')},
      ${integer('expires_at', 'null')},
      ${integer('generation', 'null')},
      ${text('holder', 128, 'null')},
      ${integer('leased_until', 'null')},
      PRIMARY KEY (app_id)
    ) ${keyed}`,

    `CREATE TABLE "key" (
      ${text('id', 64)},
      ${bytes('check_value', 64)},
      ${integer('created_at')},
      PRIMARY KEY (id)
    ) ${keyed}`,
  ],
}
