import { expect, it } from 'vitest'
import { readMoment, tellMoment } from './read-moment.ts'

it('reads what it writes, and slashes and single digits too', () => {
  const at = new Date(2026, 10, 1, 8, 5).getTime()
  expect(tellMoment(at)).toBe('2026-11-01 08:05')
  expect(['2026-11-01 08:05', ' 2026/11/1 8:05 '].map(readMoment)).toEqual([at, at])
})

it.each(['', 'soon', '2026-02-30 10:00', '2026-11-01 24:00', '2026-11-01 10:60', '11/01/2026 10:00'])(
  'takes "%s" for no moment',
  text => expect(readMoment(text)).toBeNull(),
)
