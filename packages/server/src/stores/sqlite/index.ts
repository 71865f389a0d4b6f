export { StoreUnusable, type StoreUnusableCode } from '../store-unusable.ts'
export type { SqliteDatabase, SqliteStatement } from './driver.ts'
export { openAuditLog } from './open-audit-log.ts'
export { createSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts'
