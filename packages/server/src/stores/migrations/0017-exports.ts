import type { Migration } from './migration.ts'

/** Tables that operators ask to take out. */
export const exportRequests: Migration = {
  id: 17,
  name: 'exports',
  statements: ({ text, integer, word, keyed }) => [
    `CREATE TABLE export_request (
      ${text('id', 36)},
      ${word('kind', ['users', 'audit', 'consents'])},
      ${word('numbers', ['masked', 'full'])},
      ${text('app_id', 64, 'null')},
      ${integer('rows_from', 'null')},
      ${integer('rows_to', 'null')},
      ${text('reason', 200)},
      ${text('asked_by', 64)},
      ${integer('asked_at')},
      ${word('status', ['waiting', 'approved', 'declined'])},
      ${integer('until')},
      ${text('decided_by', 64, 'null')},
      ${integer('decided_at', 'null')},
      ${integer('downloads_left')},
      PRIMARY KEY (id)
    ) ${keyed}`,
    'CREATE INDEX export_request_by_until ON export_request (until)',
  ],
}
