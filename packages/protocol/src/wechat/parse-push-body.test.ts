import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePushBody } from './parse-push-body.ts'

const flat = (text: string) => Object.fromEntries(parsePushBody(text) ?? [['refused', '']])
const refused = { refused: '' }

test('JSON and XML of one message read alike, with names trimmed and in lower case', () => {
  const fields = { tousername: 'gh_1', createtime: '1714112445', openid: 'o1' }
  expect(flat('{"ToUserName":"gh_1","CreateTime":1714112445," OpenID":"o1"}')).toEqual(fields)
  expect(
    flat(
      '\n<xml>\n<ToUserName><![CDATA[gh_1]]></ToUserName><CreateTime>1714112445</CreateTime>\n<openid>o1</openid></xml>\n',
    ),
  ).toEqual(fields)
})

test('a text with ]]> in it comes in two sections', () => {
  expect(flat('<xml><A><![CDATA[1]]]]><![CDATA[>2]]></A></xml>')).toEqual({ a: '1]]>2' })
  expect(flat('<xml><A><![CDATA[<b>&c;]]></A><B></B></xml>')).toEqual({ a: '<b>&c;', b: '' })
})

test('what is nested is left out, and the rest is read', () => {
  expect(flat('<xml><A><B>1</B><C><![CDATA[2]]></C></A><D>3</D></xml>')).toEqual({ d: '3' })
  expect(flat('{"A":{"B":1},"C":[1],"D":3,"E":null,"F":true}')).toEqual({ d: '3' })
})

test.each([
  ['two fields of one name', '<xml><A>1</A><a>2</a></xml>'],
  ['two keys of one name', '{"OpenID":"1"," openid":"2"}'],
  ['the same key twice', '{"A":1,"A":2}'],
  ['a DTD', '<!DOCTYPE xml [<!ENTITY a "b">]><xml><A>&a;</A></xml>'],
  ['a DTD inside', '<xml><!DOCTYPE xml [<!ENTITY a "b">]><A>1</A></xml>'],
  ['an entity', '<xml><A>&amp;</A></xml>'],
  ['a declaration in a field', '<xml><A><!ENTITY a "b"></A></xml>'],
  ['a comment', '<xml><!-- --><A>1</A></xml>'],
  ['an attribute', '<xml><A x="1">1</A></xml>'],
  ['another root', '<XML><A>1</A></XML>'],
  ['a field that does not end', '<xml><A>1</xml>'],
  ['a section that does not end', '<xml><A><![CDATA[1</A></xml>'],
  ['text behind a section', '<xml><A><![CDATA[1]]>2</A></xml>'],
  ['text between fields', '<xml>1<A>1</A></xml>'],
  ['something behind the root', '<xml><A>1</A></xml><xml></xml>'],
  ['a list', '[1]'],
  ['a text', '"a"'],
  ['nothing', ''],
  ['half of it', '{"A":'],
  ['too much', `{"A":"${'x'.repeat(100_000)}"}`],
])('refused: %s', (_, text) => {
  expect(flat(text)).toEqual(refused)
})

test('a bomb of entities costs next to nothing', () => {
  const entities = Array.from({ length: 1000 }, (_, at) => `<!ENTITY e${at + 1} "&e${at};&e${at};">`).join('')
  const startedAt = performance.now()
  expect(flat(`<!DOCTYPE xml [${entities}]><xml><A>&e1000;</A></xml>`)).toEqual(refused)
  expect(flat(`<xml>${'<a>'.repeat(30_000)}</xml>`)).toEqual(refused)
  expect(flat(`<xml><A>${'<![CDATA[]]>'.repeat(8000)}</A></xml>`)).toEqual({ a: '' })
  expect(flat(`<xml>${' '.repeat(99_000)}</xml>`)).toEqual({})
  expect(performance.now() - startedAt).toBeLessThan(500)
})

test('whatever comes, the answer is fields or null', () => {
  const pieces = fc.constantFrom(
    '<xml>',
    '</xml>',
    '<A>',
    '</A>',
    '<![CDATA[',
    ']]>',
    '&a;',
    ' ',
    '<!DOCTYPE',
    '1',
    '{',
  )
  const texts = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 20 }).map(all => `<xml>${all.join('')}</xml>`),
  )
  fc.assert(
    fc.property(texts, text => {
      const fields = parsePushBody(text)
      expect(fields === null || fields instanceof Map).toBe(true)
    }),
    { numRuns: 5000 },
  )
})
