import type { Database } from 'better-sqlite3'

interface Write {
  readonly write: () => void
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Group commit: what one turn of the event loop wants to write is one transaction. */
export function groupWrites(db: Database): (write: Write) => void {
  let writes: Write[] = []
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')

  function flush(): void {
    const batch = writes
    writes = []
    try {
      begin.run()
      for (const one of batch) one.write()
      commit.run()
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK')
      for (const one of batch) one.failed(error)
      return
    }
    for (const one of batch) one.done()
  }

  return write => {
    if (writes.push(write) === 1) setImmediate(flush)
  }
}
