import type { Statements, Step } from './statements.ts'

/** Holds a user who is there and was not erased; elsewhere a step that erases or merges them waits, or came before. */
export function holdLiveUser(sql: Statements) {
  return sql.hold<[userId: string], { found: 1 }>('SELECT 1 AS found FROM "user" WHERE id = ? AND erased_at IS NULL')
}

/** Holds two users in the order in which everybody does, so that nobody waits for each other. */
export function* holdUsers(sql: Statements, one: string, other: string): Step<void> {
  yield* sql.holdUser(one < other ? one : other)
  yield* sql.holdUser(one < other ? other : one)
}
