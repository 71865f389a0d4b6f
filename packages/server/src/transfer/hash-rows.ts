import { hash } from 'node:crypto'
import type { TransferBatch, TransferMark, TransferRow } from '../ports/transfer-side.ts'

/**
 * The mark behind some more rows. Each row is hashed with the hash before it, so the result does not depend on how the
 * rows were parted, and a transfer goes on from any mark.
 */
export function markAfter(mark: TransferMark, { rows, after }: TransferBatch): TransferMark {
  return {
    after: after ?? mark.after,
    rows: mark.rows + rows.length,
    hash: rows.reduce((before, row) => hash('sha256', before + canonicalRow(row)), mark.hash),
  }
}

/** Each cell says what it is and how long it is, so no two rows are written alike. */
function canonicalRow(row: TransferRow): string {
  return row.map(canonicalCell).join('')
}

function canonicalCell(cell: TransferRow[number]): string {
  if (cell === null) return 'n'
  if (typeof cell === 'number') return `i${cell};`
  if (typeof cell === 'string') return `t${cell.length}:${cell}`
  return `b${cell.length}:${Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString('base64')}`
}
