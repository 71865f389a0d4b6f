import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { byteOrderMark, csv } from './csv.ts'

/** Reads as RFC 4180 has it, letter by letter; shares nothing with the writer. */
function read(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]
    if (isQuoted && letter === '"' && text[at + 1] === '"') {
      cell += '"'
      at += 1
    } else if (letter === '"') {
      isQuoted = !isQuoted
    } else if (!isQuoted && (letter === ',' || text.startsWith('\r\n', at))) {
      row.push(cell)
      cell = ''
      if (letter === ',') continue
      rows.push(row)
      row = []
      at += 1
    } else {
      cell += letter
    }
  }
  expect([isQuoted, cell, row]).toEqual([false, '', []])
  return rows
}

const dangerous = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠', '﹢', '﹦', '﹣', '﹫', '⁺', '₌']
const blank = ['', ' ', '\u00a0', '\u3000', '\ufeff', '\u200b', '\u202e']
const dangerousCell = fc
  .tuple(fc.constantFrom(...blank), fc.constantFrom(...dangerous), fc.string({ unit: 'binary' }))
  .map(parts => parts.join(''))
const anyCell = fc.oneof(fc.string({ unit: 'binary' }), dangerousCell, fc.constantFrom('"', '","', '\r\n', ';', "'"))

describe('a table written as CSV', () => {
  it('is read back cell by cell, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyCell, { minLength: 1, maxLength: 4 }), { maxLength: 5 }), rows => {
        const back = read(csv(rows))
        expect(back.map(cells => cells.length)).toEqual(rows.map(cells => cells.length))
        for (const [at, cells] of rows.entries())
          for (const [column, cell] of cells.entries()) expect([cell, `'${cell}`]).toContain(back[at]?.[column])
      }),
    )
  })

  it('has no cell that begins like a formula, in any width and behind any blank', () => {
    fc.assert(
      fc.property(dangerousCell, cell => {
        expect(read(csv([[cell]]))).toEqual([[`'${cell}`]])
      }),
    )
  })

  test.each(['13800138000', '小林', "'=1", 'a=1', '张-三', '', '!', '(1)', '#1'])('leaves %j as it is', cell => {
    expect(csv([[cell]])).toBe(`"${cell}"\r\n`)
  })

  it('shows how it looks', () => {
    const command = `=cmd|' /C calc'!A0`
    expect(csv([['+8613800138000', command, '"quoted", 小林', null]])).toBe(
      `"'+8613800138000","'=cmd|' /C calc'!A0","""quoted"", 小林",""\r\n`,
    )
    expect(Buffer.from(byteOrderMark)).toEqual(Buffer.of(0xef, 0xbb, 0xbf))
  })
})
