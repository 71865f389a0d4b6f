import type { Migration } from './migration.ts'

/** Work that is done later, and since when each part of a profile is there. */
export const jobs: Migration = {
  id: 5,
  name: 'jobs',
  statements: ({ text, bytes, integer, keyed }) => [
    // `due_at` is also the end of a lease: whoever takes a job moves it there.
    `CREATE TABLE job (
      ${text('id', 36)},
      ${text('kind', 64)},
      ${text('app_id', 64)},
      ${bytes('event', 64)},
      ${bytes('stamp', 64)},
      ${bytes('sealed', 2048, 'null')},
      ${integer('event_at')},
      ${integer('due_at', 'null')},
      ${integer('attempts')},
      ${text('holder', 64, 'null')},
      ${integer('done_at', 'null')},
      ${integer('audit_seq', 'null')},
      PRIMARY KEY (id),
      UNIQUE (event),
      UNIQUE (stamp)
    ) ${keyed}`,
    'CREATE INDEX job_by_due ON job (due_at)',
    'CREATE INDEX job_by_done ON job (done_at)',

    `ALTER TABLE profile ADD COLUMN ${integer('nickname_at', 'null')}`,
    `ALTER TABLE profile ADD COLUMN ${integer('avatar_at', 'null')}`,
    'UPDATE profile SET nickname_at = updated_at, avatar_at = updated_at',
  ],
}
