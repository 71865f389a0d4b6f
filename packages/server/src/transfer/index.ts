/**
 * Moves all data of one database into another one: `@weapp-auth/server/transfer`.
 *
 * @module
 */
export type { TransferSource, TransferTarget } from '../ports/transfer-side.ts'
export {
  type TransferOptions,
  type TransferOutcome,
  type TransferProgress,
  type TransferredRows,
  transferData,
} from './transfer-data.ts'
