import type { Migration } from './migration.ts'

/** Users whom operators keep out. */
export const blockedUsers: Migration = {
  id: 16,
  name: 'blocked-users',
  statements: ({ text, integer, keyed }) => [
    `CREATE TABLE user_block (
      ${text('user_id', 36)},
      ${integer('blocked_at')},
      ${text('blocked_by', 64)},
      ${text('reason', 200)},
      PRIMARY KEY (user_id),
      FOREIGN KEY (user_id) REFERENCES "user" (id)
    ) ${keyed}`,
  ],
}
