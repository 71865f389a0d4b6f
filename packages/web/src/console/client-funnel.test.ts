import type { ClientFunnel } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { declineRows, funnelRows, percent } from './client-funnel.ts'

const client: ClientFunnel = {
  ...{ shown: 8, tapped: 4, agreed: 3, bound: 3, firstTapped: 4, firstBound: 3, firstTapShare: 0.75 },
  declined: { quota: 1, declined: 5, privacy: 0 },
}

test('each step tells its share of those shown and of the step before', () => {
  expect(funnelRows(client)).toEqual([
    { id: 'shown', count: 8, ofShown: 1, ofBefore: 1 },
    { id: 'tapped', count: 4, ofShown: 0.5, ofBefore: 0.5 },
    { id: 'agreed', count: 3, ofShown: 0.375, ofBefore: 0.75 },
    { id: 'bound', count: 3, ofShown: 0.375, ofBefore: 1 },
  ])
})

test('a share ends at 1, and there is none of nothing', () => {
  const [shown, tapped, agreed] = funnelRows({ ...client, shown: 0, tapped: 2, agreed: 3 })
  expect([shown?.ofShown, tapped?.ofBefore, agreed?.ofBefore]).toEqual([null, null, 1])
  expect([percent(null), percent(0.375)]).toEqual(['—', '37.5 %'])
})

test('causes that occurred come the most frequent first', () => {
  expect(declineRows(client)).toEqual([
    { id: 'declined', count: 5 },
    { id: 'quota', count: 1 },
  ])
})
