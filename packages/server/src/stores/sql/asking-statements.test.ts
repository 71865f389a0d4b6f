import { describe, expect, it } from 'vitest'
import { askingStatements } from './asking-statements.ts'
import type { Answer, Step } from './statements.ts'

const sql = askingStatements({
  forUpdate: ' FOR UPDATE',
  addOnce: text => `${text} ON CONFLICT DO NOTHING`,
  insertOnce: text => `${text} ON CONFLICT DO NOTHING RETURNING id`,
  *holdName(name) {
    yield { text: 'SELECT hold(?)', values: [name] }
  },
})

/** What a statement asks, and what it makes of the answer. */
function ask<T>(step: Step<T>, answer: Partial<Answer> = {}) {
  const asked = step.next()
  const result = step.next({ rows: [], changes: 0, ...answer })
  return { asked: asked.value, result: result.done ? result.value : 'asks on' }
}

describe('a statement that waits for its answer', () => {
  it('asks a question and brings its first row, or all of them', () => {
    const rows = [{ id: 1 }, { id: 2 }]
    const text = 'SELECT id FROM word WHERE text = ?'
    const asked = { text, values: ['a'] }
    expect(ask(sql.one(text)('a'), { rows })).toEqual({ asked, result: { id: 1 } })
    expect(ask(sql.one(text)('a'))).toEqual({ asked, result: undefined })
    expect(ask(sql.all(text)('a'), { rows })).toEqual({ asked, result: rows })
  })

  it('holds a row, a user, a name', () => {
    expect(ask(sql.hold('SELECT 1')()).asked).toEqual({ text: 'SELECT 1 FOR UPDATE', values: [] })
    const user = { text: 'SELECT id FROM "user" WHERE id = ? FOR UPDATE', values: ['u'] }
    expect(ask(sql.holdUser('u'))).toEqual({ asked: user, result: undefined })
    const name = Uint8Array.of(1)
    expect(ask(sql.holdName(name)).asked).toEqual({ text: 'SELECT hold(?)', values: [name] })
  })

  it('tells how many rows were changed', () => {
    expect(ask(sql.run('DELETE FROM word')(), { changes: 3 }).result).toBe(3)
  })

  it('says whether a row was added, and its number', () => {
    const text = 'INSERT INTO word (text) VALUES (?)'
    const asked = { text: `${text} ON CONFLICT DO NOTHING`, values: ['a'], once: true }
    expect(ask(sql.add(text)('a'), { changes: 1 })).toEqual({ asked, result: true })
    expect(ask(sql.add(text)('a'))).toEqual({ asked, result: false })
    const numbered = { ...asked, text: `${asked.text} RETURNING id` }
    expect(ask(sql.insert(text)('a'), { rows: [{ id: 7 }], changes: 1 })).toEqual({ asked: numbered, result: 7 })
    expect(ask(sql.insert(text)('a'))).toEqual({ asked: numbered, result: null })
  })

  it('throws into the step what the database refused', () => {
    const step = sql.run('DELETE FROM word')()
    step.next()
    expect(() => step.throw(new Error('refused'))).toThrow('refused')
  })
})
