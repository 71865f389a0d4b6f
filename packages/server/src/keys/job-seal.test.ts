import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { createJobSeal } from './job-seal.ts'
import { generateKeyring } from './keyring.ts'
import { openRing } from './ring.ts'
import { SealBroken, unseal } from './sealed-record.ts'

const ring = openRing(generateKeyring())
const jobSeal = createJobSeal({ ring, random: { bytes: length => randomBytes(length) } })
const job = { id: 'job-1', appId: 'wx1' }

it('opens for the job that it was sealed for, and for no other', () => {
  const sealed = jobSeal.seal(job, '{"openId":"o1"}')
  expect(jobSeal.open({ ...job, sealed })).toBe('{"openId":"o1"}')
  for (const other of [
    { ...job, id: 'job-2' },
    { ...job, appId: 'wx2' },
  ])
    expect(() => jobSeal.open({ ...other, sealed })).toThrow(SealBroken)
  expect(Buffer.from(sealed).includes('o1')).toBe(false)
})

it('stays readable: key, place and layout are part of the data format', () => {
  const record = jobSeal.seal(job, 'text')
  const place = { table: 'job', column: 'sealed', appId: 'wx1', userId: '-', row: 'job-1' }
  expect(unseal({ key: ring.primary.of('seal/job'), place, record }).toString()).toBe('text')
  expect(jobSeal.seal(job, 'text')).not.toEqual(record)
})
