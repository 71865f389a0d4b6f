import { expect, it } from 'vitest'
import { toContainerUnits } from './container-units.ts'

it('rewrites a style attribute and leaves other units alone', () => {
  expect(toContainerUnits('width: 375rpx; height: 50vh; opacity: .5; top: 3px')).toBe(
    'width: 50cqw; height: 50cqh; opacity: .5; top: 3px',
  )
})
