import { expect, expectTypeOf, test } from 'vitest'
import { type CodeRow, type ProblemCode, problemCodes } from './codes.ts'
import { routes } from './routes.ts'

const rows: readonly (readonly [string, CodeRow])[] = Object.entries(problemCodes)

test.each(rows)('%s says what happened and how to mend it, in whole sentences of both languages', (_, row) => {
  for (const { zh, en } of [row.message, row.fix]) {
    expect(zh).toMatch(/[\u4e00-\u9fff].*[。！？]$/)
    expect(en).toMatch(/^[A-Z][^\u4e00-\u9fff]*[.!?]$/)
  }
})

test.each(rows)('%s is a refusal of HTTP, in snake case', (code, row) => {
  expect(Number.isInteger(row.status) && row.status >= 400 && row.status <= 599).toBe(true)
  expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
})

test('no two codes say the same', () => {
  for (const language of ['zh', 'en'] as const) {
    const said = rows.map(([, row]) => row.message[language])
    expect(said.filter((text, at) => said.indexOf(text) !== at)).toEqual([])
  }
})

test('a request that may succeed later was not wrong: the server, a limit or another attempt was in the way', () => {
  for (const [code, row] of rows) {
    if (row.retry === 'later') expect(row.status === 409 || row.status === 429 || row.status >= 500, code).toBe(true)
    if (row.retry === 'tap') expect(row.who, code).toBe('user')
  }
})

test('the list of codes is closed', () => {
  expectTypeOf<ProblemCode>().toEqualTypeOf<keyof typeof problemCodes>()
  expectTypeOf<string>().not.toExtend<ProblemCode>()
  expectTypeOf<'code_invalid'>().toExtend<ProblemCode>()
  expectTypeOf<'code_unheard_of'>().not.toExtend<ProblemCode>()
  // @ts-expect-error: a code that is not in the table does not compile
  const unknown: ProblemCode = 'code_unheard_of'
  expect(Object.keys(problemCodes)).not.toContain(unknown)
})

test('every path is absolute and no two are the same', () => {
  const paths = Object.values(routes)
  expect(new Set(paths).size).toBe(paths.length)
  for (const path of paths) expect(path).toMatch(/^(\/([a-z.-]+[0-9]?|\{[a-zA-Z]+\}))+(\.json)?$/)
})
