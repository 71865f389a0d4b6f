import type { Migration } from './migration.ts'

/** Tickets of third-party platforms (`app_id` is then their own), and what mini programs authorized them to. */
export const componentGrants: Migration = {
  id: 11,
  name: 'component-grants',
  statements: ({ text, bytes, integer, keyed }) => [
    `CREATE TABLE component_grant (
      ${text('component_app_id', 64)},
      ${text('app_id', 64)},
      ${bytes('sealed', 4096, 'null')},
      ${integer('granted_at')},
      ${integer('version')},
      PRIMARY KEY (component_app_id, app_id)
    ) ${keyed}`,
  ],
}
