import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseStrictJson } from './parse-strict-json.ts'

test('every JSON value without duplicate keys reads as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), text => {
      expect(parseStrictJson(text)).toEqual(JSON.parse(text))
    }),
  )
})

test.each([
  ['a duplicate key', '{"a":1,"a":1}'],
  ['a duplicate key written in another way', '{"a":1,"\\u0061":2}'],
  ['a duplicate key deep inside', '[{"b":[{"a":1,"c":{},"a":2}]}]'],
  ['a duplicate prototype', '{"__proto__":1,"__proto__":2}'],
  ['a duplicate empty key', '{"":1,"":2}'],
  ['trailing data', '{"a":1} x'],
  ['a second document', '{}{}'],
  ['a trailing comma', '{"a":1,}'],
  ['a comment', '{"a":1/**/}'],
  ['a byte order mark', '\ufeff{}'],
  ['nothing', ''],
  ['a cut string', '{"a":"b'],
  ['a string that ends in a backslash', '"\\'],
  ['a number with a leading zero', '{"a":01}'],
  ['NaN', 'NaN'],
  ['a hundred thousand brackets', '['.repeat(100_000)],
  ['65 levels', '['.repeat(65) + ']'.repeat(65)],
  ['65 levels of objects', '{"a":'.repeat(65) + 1 + '}'.repeat(65)],
])('refused: %s', (_, text) => {
  expect(() => parseStrictJson(text)).toThrow(new SyntaxError('not strict JSON'))
})

test.each([
  ['colons and brackets inside of strings', '{"a:{[":"x:\\"y\\":[{","b":"\\\\"}'],
  ['equal keys of different objects', '[{"a":{"a":1}},{"a":2}]'],
  ['64 levels', '['.repeat(64) + ']'.repeat(64)],
  ['64 levels of objects', '{"a":'.repeat(64) + 1 + '}'.repeat(64)],
  ['a hundred lists side by side', `[${Array(100).fill('[]').join(',')}]`],
  ['a hundred objects side by side', `[${Array(100).fill('{"a":1}').join(',')}]`],
  ['a key named __proto__', '{"__proto__":{"a":1}}'],
  ['white space', ' \n{ "a" : [ 1 , 2 ] }\t'],
])('accepted: %s', (_, text) => {
  expect(JSON.stringify(parseStrictJson(text))).toBe(JSON.stringify(JSON.parse(text)))
})

test('the refusal never quotes the text', () => {
  const secret = '13800138000'
  const refusal = (text: string) => {
    try {
      parseStrictJson(text)
      return null
    } catch (error) {
      return error
    }
  }
  for (const text of [`{"phone":${secret}x}`, `{"a":"${secret}","a":1}`, secret + secret]) {
    const error = refusal(text)
    if (error === null) continue
    expect(error).toBeInstanceOf(SyntaxError)
    expect(String((error as SyntaxError).stack)).not.toContain(secret)
    expect((error as SyntaxError).cause).toBeUndefined()
  }
})
