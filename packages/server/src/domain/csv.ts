/** Begins every file: without it Excel reads Chinese in the encoding of the system (GBK). */
export const byteOrderMark = '\uFEFF'

/**
 * Rows as CSV (RFC 4180): every cell in quotes, every row ended by CR LF, `null` as an empty cell.
 *
 * A cell that a spreadsheet would calculate gets a single quote in front (ASVS 5.0, 1.2.10). So does one that begins
 * with such a character in another width, and one with blanks before it, because programs differ in what they make of
 * these.
 *
 * @example
 * csv([['id', '+8613800138000', null]]) // `"id","'+8613800138000",""\r\n`
 */
export function csv(rows: readonly (readonly (string | null)[])[]): string {
  return rows
    .map(cells => `${cells.map(cell => `"${harmless(cell ?? '').replaceAll('"', '""')}"`).join(',')}\r\n`)
    .join('')
}

const calculates: readonly string[] = ['=', '+', '-', '@']

function harmless(text: string): string {
  // What cannot be seen is skipped as blanks are; NFKC makes one width of all.
  const [unseen = ''] = text.match(/^[\s\p{C}]+/u) ?? []
  const [seen = ''] = text.slice(unseen.length)
  return calculates.includes(seen.normalize('NFKC')) || /[\t\r\n\0]/.test(unseen) ? `'${text}` : text
}
