import type { Migration } from './migration.ts'

/** What was done with users' data. Not tied to the user: the lines outlive everything else. */
export const audit: Migration = {
  id: 6,
  name: 'audit',
  statements: ({ text, integer, word, keyed }) => [
    `CREATE TABLE audit (
      ${integer('seq')},
      ${integer('at')},
      ${word('actor', ['wechat', 'operator', 'user', 'backend', 'server'])},
      ${text('act', 64)},
      ${text('app_id', 64, 'null')},
      ${text('subject', 64, 'null')},
      ${text('details', 4096)},
      ${text('previous', 64)},
      ${text('hash', 64)},
      PRIMARY KEY (seq),
      UNIQUE (previous)
    ) ${keyed}`,

    // One row: who appends a line holds it, and a cut tail shows.
    `CREATE TABLE audit_head (
      ${integer('id')},
      ${integer('seq')},
      ${text('hash', 64)},
      PRIMARY KEY (id)
    ) ${keyed}`,
    `INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '${'0'.repeat(64)}')`,
  ],
}
