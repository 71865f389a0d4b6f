import { describe, expect, it } from 'vitest'
import { groupJournal } from './group-journal.ts'
import type { JournalStep, Mood, Side } from './journal-step.ts'

let count = 0
const step = (what: string, at: number, side: Side = 'mini-program', mood: Mood = 'fine'): JournalStep => ({
  key: `k${++count}`,
  at,
  side,
  what,
  text: { zh: '', en: '' },
  facts: {},
  mood,
})
const shape = (steps: JournalStep[]) =>
  groupJournal(steps).map(group => [group.kind, ...group.steps.map(({ what }) => what)])

describe('the journal', () => {
  it('keeps all steps of one tap together and apart from the launch', () => {
    expect(
      shape([
        step('app-launch', 0),
        step('wx.login', 5),
        step('POST /v1/login', 40, 'server'),
        step('phone-sheet-opened', 9000),
        step('phone-sheet-agreed', 12_000),
        step('POST /v1/phone', 12_050, 'server'),
        step('phone', 12_051, 'database'),
      ]),
    ).toEqual([
      ['launch', 'app-launch', 'wx.login', 'POST /v1/login'],
      ['tap', 'phone-sheet-opened', 'phone-sheet-agreed', 'POST /v1/phone', 'phone'],
    ])
  })

  it('leaves a silent repair inside the tap that caused it', () => {
    expect(shape([step('phone-sheet-opened', 0), step('phone-sheet-agreed', 9), step('wx.login', 20)])).toEqual([
      ['tap', 'phone-sheet-opened', 'phone-sheet-agreed', 'wx.login'],
    ])
  })

  it('begins a new group for each tap', () => {
    expect(shape([step('phone-sheet-opened', 0), step('phone-sheet-refused', 5)]).map(([kind]) => kind)).toEqual([
      'tap',
      'tap',
    ])
  })

  it('counts the answer to the tap, however long the person thought', () => {
    const steps = [step('phone-sheet-opened', 0), step('phone-sheet-denied', 240_000), step('POST /x', 240_010)]
    expect(shape(steps)).toHaveLength(1)
  })

  it('keeps what you did while the sheet was open inside the tap', () => {
    const steps = [
      step('phone-sheet-opened', 0),
      step('clock-moved', 600_000, 'you'),
      step('phone-sheet-agreed', 600_900),
    ]
    expect(shape([...steps, step('POST /v1/phone', 601_000, 'server'), step('clock-moved', 601_010, 'you')])).toEqual([
      ['tap', 'phone-sheet-opened', 'clock-moved', 'phone-sheet-agreed', 'POST /v1/phone'],
      ['you', 'clock-moved'],
    ])
  })

  it('begins a group after a pause, and names a lonely wx.login', () => {
    expect(shape([step('wx.login', 0), step('wx.login', 3100), step('GET /v1/me', 9000, 'server')])).toEqual([
      ['login', 'wx.login'],
      ['login', 'wx.login'],
      ['other', 'GET /v1/me'],
    ])
  })

  it('sets a logout apart from the tap before it', () => {
    const ended = { ...step('session', 400, 'database'), facts: { reason: 'logout' } }
    expect(shape([step('phone-sheet-opened', 0), step('phone-sheet-agreed', 300), ended])).toEqual([
      ['tap', 'phone-sheet-opened', 'phone-sheet-agreed'],
      ['logout', 'session'],
    ])
  })

  it('puts what you did in a row, and what follows apart', () => {
    expect(shape([step('clock-moved', 0, 'you'), step('clock-moved', 1, 'you'), step('wx.login', 2)])).toEqual([
      ['you', 'clock-moved', 'clock-moved'],
      ['login', 'wx.login'],
    ])
  })

  it('shows the worst mood and the time it took', () => {
    const steps = [step('phone-sheet-opened', 10), step('phone-sheet-denied', 25, 'mini-program', 'declined')]
    expect(groupJournal(steps)[0]).toMatchObject({ mood: 'declined', durationMs: 15 })
    expect(groupJournal([...steps, step('x', 30, 'server', 'failed')])[0]?.mood).toBe('failed')
  })

  it('keeps the key of a group while it grows', () => {
    const steps = [step('wx.login', 0), step('POST /v1/login', 1, 'server')]
    expect(groupJournal(steps.slice(0, 1))[0]?.key).toBe(groupJournal(steps)[0]?.key)
  })

  it('is empty when nothing happened', () => {
    expect(groupJournal([])).toEqual([])
  })
})
