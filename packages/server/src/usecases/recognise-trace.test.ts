import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recogniseTrace } from './recognise-trace.ts'

const nothing = { requestId: null, rid: null, errcode: null, code: null, failure: null }
const requestId = '019ab3c4-0000-7000-8000-0123456789ab'
const rid = '6129ee10-272863a4-64d75414'

test.each([
  [requestId, { requestId }],
  [`  ${requestId}\n`, { requestId }],
  [`x-request-id: ${requestId}`, { requestId }],
  ['X-Request-Id: my-own-id.42', { requestId: 'my-own-id.42' }],
  ['my-own-id.42', { requestId: 'my-own-id.42' }],
  [rid, { rid }],
  [`code been used, rid: ${rid}`, { rid }],
  [`{"errcode":40163,"errmsg":"code been used, rid: ${rid}"}`, { rid, errcode: 40163 }],
  ['40163', { errcode: 40163 }],
  ['-1', { errcode: -1 }],
  ['errcode: 99999', { errcode: 99999 }],
  ['errcode=40029', { errcode: 40029 }],
  ['code_consumed', { code: 'code_consumed' }],
  [`{"type":"urn:x","code":"code_consumed","requestId":"${requestId}"}`, { code: 'code_consumed', requestId }],
  ['getPhoneNumber:fail no permission', { failure: { api: 'getPhoneNumber', reason: 'not-permitted' } }],
  [
    '{"errMsg":"getPhoneNumber:fail user deny","errno":103}',
    { failure: { api: 'getPhoneNumber', reason: 'declined' } },
  ],
  [
    '{"errMsg":"getPhoneNumber:fail","errno":1400001}',
    { failure: { api: 'getPhoneNumber', reason: 'quota-exhausted' } },
  ],
])('finds what can be looked up in %j', (text, found) => {
  expect(recogniseTrace(text)).toEqual({ ...nothing, ...found })
})

test.each(['13812345678', '99999', '', 'hello', '   ', '你好', `${'a'.repeat(41)}`, 'two words that say nothing'])(
  'finds nothing in %j',
  text => {
    expect(recogniseTrace(text)).toEqual(nothing)
  },
)

test('takes any text', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 4000, unit: 'binary' }), text => {
      expect(Object.keys(recogniseTrace(text)).sort()).toEqual(Object.keys(nothing).sort())
    }),
  )
})
