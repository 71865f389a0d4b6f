import { StorageFault } from '../../ports/store.ts'
import type { SqliteDatabase } from './driver.ts'
import type { GroupCommit } from './group-commit.ts'

/** Who asks more often than that is told that the last one went well. */
const keptMs = 1000

/**
 * Whether the file can be written, tried by a commit that changes nothing: a disk that became read-only after a fault, or
 * lost its cable, says so in no other way. A full one is no reason to send everybody away: questions are answered.
 */
export function createCheck(
  database: SqliteDatabase,
  step: GroupCommit['step'],
  now: () => number = () => performance.now(),
): () => Promise<void> {
  const write = database.prepare('PRAGMA user_version = 1')
  let latest: Promise<void> | null = null
  let askedAt = Number.NEGATIVE_INFINITY
  return () => {
    if (latest && now() - askedAt < keptMs) return latest
    askedAt = now()
    latest = step(() => void write.run()).catch(error => {
      latest = null
      if (!(error instanceof StorageFault && error.code === 'full')) throw error
    })
    return latest
  }
}
