import { expect, test } from 'vitest'
import { welchT } from './welch-t.ts'

test("Welch's t is the difference of the means in standard errors", () => {
  // Means 3 and 4, variances 2.5 and 4: −1 / √(2.5/5 + 4/3).
  expect(welchT([1, 2, 3, 4, 5], [2, 4, 6])).toBeCloseTo(-0.738549, 6)
})
