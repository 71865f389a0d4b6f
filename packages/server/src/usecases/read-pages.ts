import type { Page } from '../ports/page.ts'

/** Enough to read most histories at once; rows of one question, at most. */
const pageRows = 500

/**
 * Every row of a list, read page by page. What is written meanwhile may be in it or not; each row is in it once.
 *
 * @example
 * const phones = (store: Store, userId: string) => readPages(page => store.phonesOf(userId, page), ({ id }) => id)
 */
export async function readPages<Row>(
  read: (page: Page) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  let after: string | null = null
  do {
    const page: readonly Row[] = await read({ after, limit: pageRows })
    rows.push(...page)
    after = nextOf(page, pageRows, keyOf)
  } while (after !== null)
  return rows
}

/** Where the next page begins; `null` when there is none. */
export function nextOf<Row>(page: readonly Row[], limit: number, keyOf: (row: Row) => string): string | null {
  const last = page.length < limit ? undefined : page.at(-1)
  return last === undefined ? null : keyOf(last)
}
