import { expect, test } from 'vitest'
import { asvsIds } from './asvs-ids.mjs'
import { countsTable } from './register-counts.mjs'
import { requiredIds } from './register-ids.mjs'
import { anchorsOf, missingIds, registerProblems } from './register-problems.mjs'
import { between, pageOf } from './register-tables.mjs'
import { titlesOf } from './test-titles.mjs'

const both = text => ({ zh: text, en: text })
const texts = { 'a.test.ts': "test('holds', () => {})", 'PAGE.md': '# A page · 一页\n' }
const problemsOf = (...rows) => registerProblems('attacks', { title: both('x'), rows }, path => texts[path])
const row = fields => ({ id: 'A1', title: both('x'), ...fields })

test('a row that names a test that is there, a document or a reason holds', () => {
  expect(problemsOf(row({ proofs: [{ file: 'a.test.ts', test: 'holds' }] }))).toEqual([])
  expect(problemsOf(row({ document: 'PAGE.md#a-page--一页' }))).toEqual([])
  expect(problemsOf(row({ reason: both('there is none') }))).toEqual([])
})

test('a row is refused when its file, its title, its document or its heading is not there', () => {
  expect(problemsOf(row({ proofs: [{ file: 'b.test.ts', test: 'holds' }] }))).toHaveLength(1)
  expect(problemsOf(row({ proofs: [{ file: 'a.test.ts', test: 'hold' }] }))).toHaveLength(1)
  expect(problemsOf(row({ proofs: [{ file: 'PAGE.md', test: 'holds' }] }))).toHaveLength(1)
  expect(problemsOf(row({ document: 'NONE.md' }))).toHaveLength(1)
  expect(problemsOf(row({ document: 'PAGE.md#b' }))).toHaveLength(1)
})

test('a row that proves nothing, says nothing, is misspelt or stands there twice is refused', () => {
  expect(problemsOf(row({}))).toHaveLength(1)
  expect(problemsOf(row({ title: { en: 'x' }, document: 'PAGE.md' }))).toHaveLength(1)
  expect(problemsOf(row({ document: 'PAGE.md', proof: [] }))).toHaveLength(1)
  expect(problemsOf(row({ document: 'PAGE.md' }), row({ document: 'PAGE.md' }))).toHaveLength(1)
})

test('titles are read from every way a test is written, but not from one that is switched off', () => {
  const text = `
    test('plain', () => {})
    it("it's", { timeout: 1 }, () => {})
    test.each([1])('row %s', () => {})
    test.skipIf(no)('in places', () => {})
    for (const name of names) test(\`of \${name} here\`, () => {})
    test.skip('off', () => {})
    test.todo('later')
    other('no test', () => {})`
  expect([...titlesOf(text)]).toEqual(['plain', "it's", 'row %s', 'in places', `of ${'$'}{name} here`])
})

test('anchors are those of GitHub, and a comment in a code block is not a heading', () => {
  expect([...anchorsOf('## What is promised · 承诺\n```sh\n# no\n```\n### `a.b` twice\n')]).toEqual([
    'what-is-promised--承诺',
    'ab-twice',
  ])
})

test('the ids a register must hold are those of the lists', () => {
  expect(requiredIds.attacks).toHaveLength(30)
  expect(requiredIds.faults).toHaveLength(156)
  expect(asvsIds).toEqual(expect.arrayContaining(['1.5.3', '2.3.5', '13.4.6', '16.5.4', 'V17']))
  expect(new Set(asvsIds).size).toBe(asvsIds.length)
  expect(missingIds({ rows: [{ id: 'A1' }] }, ['A1', 'A2'])).toEqual(['A2'])
})

test('a page holds a row in both languages with links, and its cells cannot break the table', () => {
  const page = pageOf('attacks', {
    title: { en: 'Attacks', zh: '攻击' },
    rows: [row({ title: { en: 'a|b', zh: '甲' }, proofs: [{ file: 'a.test.ts', test: 'holds' }] })],
  })
  expect(page).toContain('| A1 | a\\|b | 甲 | [holds](../../a.test.ts) |')
})

test('the part of a page between its marks is replaced, and a page without marks is refused', () => {
  const page = 'before\n<!-- x: made by node scripts/registers.mjs -->\nold\n<!-- /x -->\nafter'
  const made = between(page, 'x', 'new')
  expect(made).toContain('\n\nnew\n\n<!-- /x -->\nafter')
  expect(made).not.toContain('old')
  expect(() => between(page, 'y', 'new')).toThrow('must stand in the page')
})

test('of each register the rows are counted, those with tests, and each test once', () => {
  const proof = { file: 'a.test.ts', test: 'holds' }
  const rows = [
    row({ proofs: [proof] }),
    row({ proofs: [proof, { ...proof, test: 'too' }] }),
    row({ document: 'PAGE.md' }),
  ]
  const table = countsTable([{ name: 'attacks', register: { rows } }])
  expect(table.replace(/ +/g, ' ')).toContain(
    '| [attacks tried](docs/security/attacks.md) | 尝试过的攻击 | 3 | 2 | 2 |',
  )
  expect(table).not.toContain('faults')
})
