import type { TraceStory } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { readScenarioLink } from '../phone/scenario/scenario-link.ts'
import { type Failure, replayOf } from './replay-of.ts'

const wechat = (facts: TraceStory['steps'][number]['facts']): TraceStory['steps'] => [
  { at: '2027-01-15T08:00:00.000Z', afterMs: 1, type: 'wechat', outcome: 'failed', text: { zh: '', en: '' }, facts },
]
const scenarioOf = (failed: Failure) => {
  const link = replayOf(failed)
  return link === null ? null : readScenarioLink(link)
}
const phone = (reason: string): Failure => ({ errcode: null, failure: { api: 'getPhoneNumber', reason } })

test.each([
  ['codeToSession', 'code2Session'],
  ['phoneByCode', 'getPhoneNumber'],
  ['accessToken', 'getStableAccessToken'],
])('what WeChat refused in %s fails again there', (api, call) => {
  const steps = wechat({ api, outcome: 'limited', errcode: 45011 })
  const faults = [{ on: 'http', call, fault: { errcode: 45011 }, when: 'before', times: 'forever' }]
  expect(scenarioOf({ errcode: 45011, failure: null, steps })).toMatchObject({ faults })
})

test('an errcode alone fails wherever WeChat is asked', () => {
  expect(scenarioOf({ errcode: 40163, failure: null })?.faults[0]).toMatchObject({
    call: '*',
    fault: { errcode: 40163 },
  })
})

test('no answer and a wrong one are faults of the network', () => {
  const of = (outcome: string) =>
    scenarioOf({ errcode: null, failure: null, steps: wechat({ api: 'phoneByCode', outcome }) })?.faults[0]
  expect(of('unavailable')).toMatchObject({ call: 'getPhoneNumber', fault: 'reset' })
  expect(of('bad-answer')).toMatchObject({ call: 'getPhoneNumber', fault: 'not-json' })
})

test('failures of the phone are switches of the phone', () => {
  expect(scenarioOf(phone('declined'))?.decisions).toEqual({ phone: 'deny' })
  expect(scenarioOf(phone('not-permitted'))?.phonePermitted).toBe(false)
  expect(scenarioOf(phone('quota-exhausted'))?.steps.map(step => step.do)).toEqual(['launch', 'quota', 'tap'])
  expect(scenarioOf(phone('network'))?.network).toBe('none')
})

test('what no switch brings about has no link', () => {
  expect(replayOf({ errcode: null, failure: null })).toBeNull()
  expect(replayOf(phone('not-in-tap'))).toBeNull()
})
