import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readNickname, tidyNickname } from './read-nickname.ts'

function refusal(text: string) {
  try {
    return readNickname(text)
  } catch (error) {
    return error
  }
}

describe('a nickname', () => {
  it.each([
    [' 小明 ', '小明'],
    ['\n小明\t', '小明'],
    ['e\u0301', 'é'],
    ['👨‍👩‍👧‍👦', '👨‍👩‍👧‍👦'],
    ['❤️', '❤️'],
    ['Ann  Lee', 'Ann  Lee'],
    ['مريم', 'مريم'],
    ['👍'.repeat(32), '👍'.repeat(32)],
    ['<b>&"\'', '<b>&"\''],
  ])('%j is kept as %j', (text, kept) => {
    expect(readNickname(text)).toBe(kept)
  })

  it.each([
    '小\u0000明',
    'a\nb',
    'a\u007fb',
    'a\u202eb',
    'a\u2066b',
    'a\u200fb',
    'a\ufeffb',
    'a\u2028b',
    '\ud800',
    'a'.repeat(33),
  ])('%j is refused, and the field is named', text => {
    expect(refusal(text)).toMatchObject({ code: 'request_invalid', field: 'nickname' })
  })

  it.each(['', '   ', '微信用户', ' WeChat User', 'wechat user', '\u200b', '\u3164', '\u200d\ufe0f'])(
    '%j says nothing about the user',
    text => {
      expect(refusal(text)).toMatchObject({ code: 'profile_placeholder', field: 'nickname' })
    },
  )

  it('that is stored would be stored the same again', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    fc.assert(
      fc.property(text, given => {
        const kept = refusal(given)
        if (typeof kept !== 'string') return
        expect(readNickname(kept)).toBe(kept)
        expect([...kept].length).toBeLessThanOrEqual(32)
        expect(kept).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
      }),
      { numRuns: 300 },
    )
  })

  it('is never quoted in a refusal', () => {
    const error = refusal('secret\u0000name')
    expect(JSON.stringify(error)).not.toContain('secret')
    expect(String(error)).not.toContain('secret')
  })
})

describe('a nickname that WeChat gave', () => {
  it.each([
    ['小\u202e明\n', '小明'],
    ['a'.repeat(40), 'a'.repeat(32)],
    ['\u0000', null],
    ['微信\u202e用户', null],
    ['', null],
  ])('%j is kept as %j', (text, kept) => {
    expect(tidyNickname(text)).toBe(kept)
  })

  it('would be taken from a user as well', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 })
    fc.assert(
      fc.property(text, given => {
        const kept = tidyNickname(given)
        if (kept !== null) expect(readNickname(kept)).toBe(kept)
      }),
      { numRuns: 300 },
    )
  })
})
