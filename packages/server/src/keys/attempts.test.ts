import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { createAttemptOf } from './attempts.ts'
import { generateKeyring } from './keyring.ts'
import { openRing } from './ring.ts'

const ring = openRing(generateKeyring())
const attemptOf = createAttemptOf(ring)

it('one code of one app has one nonce, which nobody without the key can make', () => {
  expect(attemptOf('wx1', 'code')).toBe(attemptOf('wx1', 'code'))
  const key = ring.primary.of('mac/attempt')
  expect(attemptOf('wx1', 'code')).toBe(createHmac('sha256', key).update('wx1|code').digest('base64url'))
  const others = [attemptOf('wx1', 'other'), attemptOf('wx2', 'code')]
  others.push(createAttemptOf(openRing(generateKeyring()))('wx1', 'code'))
  for (const other of others) expect(other).not.toBe(attemptOf('wx1', 'code'))
})
