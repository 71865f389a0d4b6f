import { expect, test } from 'vitest'
import { countsOf, pageWith, rowOf } from './mutation-page.mjs'

const groups = ['keys', 'verify'].map(id => ({ id, title: { zh: `组 ${id}`, en: `group ${id}` } }))
const [keys, verify] = groups
const when = { date: '2026-11-21', commit: 'abc1234' }
const counts = { mutants: 10, killed: 8, timedOut: 1, survived: 1, score: 90 }

test('a mutant that no test covers has survived, one that never ends is found out, an ignored one does not count', () => {
  const statuses = ['Killed', 'Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored', 'CompileError']
  const files = { 'a.ts': { mutants: statuses.map(status => ({ status })) }, 'b.ts': { mutants: [] } }
  expect(countsOf({ files })).toEqual({ mutants: 5, killed: 2, timedOut: 1, survived: 2, score: 60 })
})

test('a run replaces the row of its group and leaves the others', () => {
  const first = pageWith('', [rowOf(verify, counts, when)], groups)
  const both = pageWith(first, [rowOf(keys, counts, when)], groups)
  expect(both.split('\n').slice(-3)).toEqual([
    '| keys | group keys | 组 keys | 10 | 8 | 1 | 1 | 90.0 % | 2026-11-21 | abc1234 |',
    '| verify | group verify | 组 verify | 10 | 8 | 1 | 1 | 90.0 % | 2026-11-21 | abc1234 |',
    '',
  ])
  const again = pageWith(both, [rowOf(keys, { ...counts, score: 100 }, when)], groups)
  expect(again).toContain('| 100.0 % |')
  expect(again.split('\n')).toHaveLength(both.split('\n').length)
})
