import type { Migration } from './migration.ts'

/** People who may use the console. */
export const operators: Migration = {
  id: 15,
  name: 'operators',
  statements: ({ text, bytes, integer, word, keyed }) => [
    `CREATE TABLE operator (
      ${text('id', 36)},
      ${text('name', 64)},
      ${word('role', ['viewer', 'support', 'admin'])},
      ${integer('created_at')},
      ${integer('disabled_at', 'null')},
      ${bytes('sealed_totp', 256, 'null')},
      ${integer('totp_since', 'null')},
      ${integer('totp_step')},
      PRIMARY KEY (id),
      UNIQUE (name)
    ) ${keyed}`,

    // A credential id may be longer than a key of an index.
    `CREATE TABLE operator_passkey (
      ${text('id', 36)},
      ${text('operator_id', 36)},
      ${bytes('credential', 1023)},
      ${bytes('credential_hash', 64)},
      ${bytes('public_key', 2048)},
      ${integer('counter')},
      ${text('label', 64)},
      ${integer('created_at')},
      ${integer('used_at', 'null')},
      PRIMARY KEY (id),
      UNIQUE (credential_hash),
      FOREIGN KEY (operator_id) REFERENCES operator (id)
    ) ${keyed}`,
    'CREATE INDEX passkey_of_operator ON operator_passkey (operator_id, id)',

    `CREATE TABLE operator_recovery (
      ${text('operator_id', 36)},
      ${bytes('hash', 64)},
      PRIMARY KEY (operator_id, hash),
      FOREIGN KEY (operator_id) REFERENCES operator (id)
    ) ${keyed}`,

    `CREATE TABLE operator_session (
      ${text('id', 36)},
      ${bytes('token_hash', 64)},
      ${text('operator_id', 36)},
      ${word('way', ['passkey', 'authenticator', 'recovery'])},
      ${text('browser', 64)},
      ${integer('created_at')},
      ${integer('seen_at')},
      ${integer('idle_until')},
      ${integer('absolute_until')},
      ${integer('proved_at')},
      PRIMARY KEY (id),
      UNIQUE (token_hash),
      FOREIGN KEY (operator_id) REFERENCES operator (id)
    ) ${keyed}`,
    'CREATE INDEX operator_session_by_idle ON operator_session (idle_until)',
    'CREATE INDEX session_of_operator ON operator_session (operator_id, id)',

    `CREATE TABLE operator_invitation (
      ${bytes('hash', 64)},
      ${text('name', 64, 'null')},
      ${word('role', ['viewer', 'support', 'admin'])},
      ${text('operator_id', 36, 'null')},
      ${text('invited_by', 64)},
      ${integer('until')},
      PRIMARY KEY (hash)
    ) ${keyed}`,
    'CREATE INDEX invitation_by_until ON operator_invitation (until)',
  ],
}
