import { expect, test } from 'vitest'
import { readWechatOutcome } from './wechat-outcome.ts'

test('call, outcome and errcode are told apart, with or without an errcode', () => {
  expect(readWechatOutcome('codeToSession misconfigured 40125')).toEqual({
    call: 'codeToSession',
    outcome: 'misconfigured',
    errcode: 40125,
  })
  expect(readWechatOutcome('phoneByCode ok')).toEqual({ call: 'phoneByCode', outcome: 'ok', errcode: null })
  expect(readWechatOutcome('phoneByCode unavailable -1').errcode).toBe(-1)
})
