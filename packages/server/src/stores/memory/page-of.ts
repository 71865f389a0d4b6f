import { listedRows } from '../../domain/limits.ts'
import type { Page } from '../../ports/page.ts'

/** This page of all rows of a list. */
export function pageOf<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  { after = null, limit = listedRows }: Page = {},
): readonly Row[] {
  const last = after === null ? -1 : rows.findIndex(row => keyOf(row) === after)
  const start = after !== null && last === -1 ? rows.length : last + 1
  return rows.slice(start, start + limit)
}
