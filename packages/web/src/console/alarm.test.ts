import type { OperatorAlarm } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { tellAlarm } from './alarm.ts'

test.each<[OperatorAlarm, RegExp]>([
  [{ kind: 'token-lost', appId: 'wx1', count: 3 }, /wx1 3 times/],
  [{ kind: 'budget', appId: 'wx1', used: 80, budget: 100 }, /80 of today's 100/],
  [{ kind: 'wechat-away', appId: 'wx1' }, /wx1/],
  [{ kind: 'clock-skew', aheadMs: -600_000 }, /10 minutes behind/],
])('%j says what it is, why, and what to do, in both languages', (alarm, what) => {
  const { what: title, cause, cure } = tellAlarm(alarm)
  expect(title.en).toMatch(what)
  for (const { zh, en } of [title, cause, cure]) expect([/[一-龥]/.test(zh), en.length > 20]).toEqual([true, true])
})
