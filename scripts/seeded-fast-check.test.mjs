import fc from 'fast-check'
import { expect, test } from 'vitest'

test('every run of npm test draws the same inputs; a run at length, others', () => {
  const { WEAPP_AUTH_LONG, WEAPP_AUTH_SEED } = process.env
  const { seed } = fc.readConfigureGlobal()
  if (WEAPP_AUTH_SEED) expect(seed).toBe(Number(WEAPP_AUTH_SEED))
  else if (WEAPP_AUTH_LONG) expect(seed).toBeUndefined()
  else expect(fc.sample(fc.nat(), 5)).toEqual(fc.sample(fc.nat(), 5))
})
