import type { Migration } from './migration.ts'

/** Mini programs that operators add; one that was removed keeps its row, so that its version is seen. */
export const apps: Migration = {
  id: 8,
  name: 'apps',
  statements: ({ text, bytes, integer, keyed }) => [
    `CREATE TABLE app (
      ${text('app_id', 64)},
      ${bytes('sealed', 65536, 'null')},
      ${integer('version')},
      ${integer('changed_at')},
      PRIMARY KEY (app_id),
      UNIQUE (version)
    ) ${keyed}`,
  ],
}
