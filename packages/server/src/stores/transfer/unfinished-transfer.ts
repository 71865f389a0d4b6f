/** What a database is opened for: only a `target` may hold half of the data. */
export type OpenedAs = 'store' | 'source' | 'target'

/** Answers a row while data is on its way into this database. */
export const unfinishedTransfer = 'SELECT table_name FROM transfer WHERE finished_at IS NULL LIMIT 1'
