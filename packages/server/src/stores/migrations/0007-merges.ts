import type { Migration } from './migration.ts'

/** Two users of one person become one, and for some days two again. */
export const merges: Migration = {
  id: 7,
  name: 'merges',
  statements: ({ text, bytes, integer, word, rowNumber, numbered, keyed }) => [
    `ALTER TABLE phone ADD COLUMN ${word('replaced_reason', ['transferred', 'merged'], 'null')}`,

    // A merged user is gone like an erased one (`erased_at`); this says who they are now. Their key and profile stay for
    // the undo.
    `ALTER TABLE "user" ADD COLUMN ${text('merged_into', 36, 'null')}`,

    // `close_at`: until when it can be undone; without it never more. `filled_…`: what the survivor got where they had
    // nothing.
    `CREATE TABLE account_merge (
      ${text('id', 36)},
      ${text('survivor_id', 36)},
      ${text('merged_id', 36)},
      ${bytes('attempt', 64)},
      ${integer('at')},
      ${integer('undo_until')},
      ${integer('undone_at', 'null')},
      ${integer('close_at', 'null')},
      ${bytes('filled_nickname', 512, 'null')},
      ${text('filled_avatar', 64, 'null')},
      UNIQUE (survivor_id, attempt),
      PRIMARY KEY (id),
      FOREIGN KEY (survivor_id) REFERENCES "user" (id),
      FOREIGN KEY (merged_id) REFERENCES "user" (id)
    ) ${keyed}`,
    'CREATE INDEX account_merge_by_close ON account_merge (close_at)',

    // What was the merged user's, by the key of its table; a number as it was sealed for them.
    `CREATE TABLE merge_part (
      ${rowNumber('id')},
      ${text('merge_id', 36)},
      ${word('kind', ['identity', 'union-id', 'phone', 'consent'])},
      ${text('ref', 64)},
      ${bytes('sealed_number', 256, 'null')},
      ${integer('was_current')},
      FOREIGN KEY (merge_id) REFERENCES account_merge (id)
    ) ${numbered}`,
    'CREATE INDEX merge_part_of_merge ON merge_part (merge_id, kind)',
  ],
}
