import { expect, it } from 'vitest'
import type { JournalStep } from './journal-step.ts'
import { journalText } from './journal-text.ts'

const step: JournalStep = {
  key: '1',
  at: Date.UTC(2026, 0, 1),
  side: 'server',
  what: 'POST /v1/phone',
  text: { zh: '拒绝（400）', en: 'refused (400)' },
  cause: { zh: '再点一次', en: 'tap again' },
  facts: { status: 400, stack: 'a\nb' },
  mood: 'failed',
}

it('is a line a step, with the cause and the facts below', () => {
  const [line, cause, facts] = journalText([step], 'en').split('\n')
  expect(line).toMatch(/^! \d\d:\d\d:\d\d {2}Server {2}POST \/v1\/phone {2}refused \(400\)$/)
  expect(cause).toBe('      → tap again')
  expect(facts).toBe('      status=400  stack=a; b')
  expect(journalText([{ ...step, mood: 'fine' }], 'zh')).toContain('服务端')
})
