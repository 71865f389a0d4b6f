import type { Migration } from './migration.ts'

/** What users tell about themselves and agree to, and what is left when they go. */
export const accounts: Migration = {
  id: 2,
  name: 'accounts',
  statements: ({ text, bytes, integer, word, rowNumber, numbered, keyed }) => [
    // The row of an erased user stays as proof; its key is overwritten, so nothing sealed with it opens again.
    `ALTER TABLE "user" ADD COLUMN ${integer('erased_at', 'null')}`,
    `ALTER TABLE "user" ADD COLUMN ${bytes('erased_by', 64, 'null')}`,

    `CREATE TABLE profile (
      ${text('user_id', 36)},
      ${bytes('sealed_nickname', 512, 'null')},
      ${text('avatar_key', 64, 'null')},
      ${integer('updated_at')},
      PRIMARY KEY (user_id),
      FOREIGN KEY (user_id) REFERENCES "user" (id)
    ) ${keyed}`,

    // Files that no profile names, or not yet: what is listed here is deleted, whoever died between two steps.
    `CREATE TABLE doomed_avatar (
      ${text('avatar_key', 64)},
      ${integer('since')},
      PRIMARY KEY (avatar_key)
    ) ${keyed}`,
    'CREATE INDEX doomed_avatar_by_since ON doomed_avatar (since)',

    // Only ever added to. `id` is the order of the lines.
    `CREATE TABLE consent (
      ${rowNumber('id')},
      ${text('user_id', 36)},
      ${text('app_id', 64)},
      ${word('scope', ['privacy', 'phone', 'profile'])},
      ${word('status', ['given', 'withdrawn'])},
      ${text('version', 64, 'null')},
      ${text('text_hash', 64, 'null')},
      ${bytes('attempt', 64)},
      ${integer('at')},
      UNIQUE (user_id, attempt),
      FOREIGN KEY (user_id) REFERENCES "user" (id)
    ) ${numbered}`,

    'CREATE INDEX identity_of_user ON identity (user_id)',
    'CREATE INDEX session_of_identity ON session (identity_id)',
    'CREATE INDEX union_id_of_user ON union_id (user_id)',

    // What came of a profile's ciphertext; a phone's says it by phone_id and change.
    `ALTER TABLE spent ADD COLUMN ${word('recognised', ['real', 'anonymous'], 'null')}`,
  ],
}
