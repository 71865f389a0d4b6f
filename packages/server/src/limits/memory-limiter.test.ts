import { expect, it } from 'vitest'
import { limiterContract } from '../../test/limiter-contract.ts'
import { createMemoryLimiter } from './memory-limiter.ts'

limiterContract('memory', createMemoryLimiter)

it('forgets the key that came first when there are too many', () => {
  const limiter = createMemoryLimiter()
  const rate = { requests: 1, windowMs: 1000 }
  const take = (key: string) => limiter.take(key, rate, 1_800_000_000_000)
  take('first')
  take('second')
  for (let index = 0; index < 99_999; index += 1) take(`key ${index}`)
  expect(take('second')).toMatchObject({ status: 'refused' })
  expect(take('first')).toEqual({ status: 'taken' })
})
