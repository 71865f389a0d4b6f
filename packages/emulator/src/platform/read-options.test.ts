import { describe, expect, test } from 'vitest'
import { LIN, TEA } from '../../test/world.ts'
import { createEmulator, EmulatorRefusal } from '../index.ts'

const good = { apps: [TEA], people: [LIN] }

describe('createEmulator names the option that is wrong', () => {
  test.each([
    [{ ...good, apps: [{ ...TEA, appId: 'wxTEA' }] }, '"apps[0].appId" must be "wx" and 16 lower-case hex digits'],
    [{ ...good, apps: [TEA, { ...TEA, secret: 'short' }] }, '"apps[1].secret" must be 32 lower-case hex digits'],
    [{ ...good, apps: [{ ...TEA, name: ' ' }] }, '"apps[0].name" must be a text that is not empty'],
    [{ ...good, apps: [{ ...TEA, phonePermitted: 1 }] }, '"apps[0].phonePermitted" must be true or false'],
    [{ ...good, apps: [TEA, TEA] }, '"apps[1].appId" must be a value that was not used before'],
    [{ ...good, apps: {} }, '"apps" must be an array'],
    [{ ...good, people: [LIN, null] }, '"people[1]" must be an object'],
    [{ ...good, people: [{ ...LIN, id: 'lin wang' }] }, '"people[0].id" must be 1 to 64 letters, digits, "_" or "-"'],
    [
      { ...good, people: [{ ...LIN, phones: [{ number: '+86138' }] }] },
      '"people[0].phones[0].number" must be 4 to 14 digits',
    ],
    [
      { ...good, people: [{ ...LIN, phones: [{ countryCode: '+86', number: '13800138000' }] }] },
      '"people[0].phones[0].countryCode" must be 1 to 3 digits without "+"',
    ],
    [{ ...good, people: [LIN, LIN] }, '"people[1].id" must be a value that was not used before'],
    [{ ...good, clock: { now: 1 } }, '"clock" must be an object with now()'],
    [{ ...good, seed: -1 }, '"seed" must be a whole number (>= 0)'],
    [{ ...good, minKeyAgeMs: 1.5 }, '"minKeyAgeMs" must be a whole number (>= 0)'],
    [{ ...good, keyLifeMs: 0 }, '"keyLifeMs" must be a whole number (>= 1)'],
    [
      { ...good, unverified: { encryptedMsgHash: 'x' } },
      '"unverified.encryptedMsgHash" must be one of "text", "bytes"',
    ],
    [{ ...good, unverified: { openIdMismatch: 'no' } }, '"unverified.openIdMismatch" must be a whole number (>= 1)'],
  ])('%#: %s', (options, message) => {
    expect(() => createEmulator(options as never)).toThrow(message)
  })

  test('in both languages, with a code and the field', () => {
    const attempt = () => createEmulator({ ...good, seed: 1.5 })
    expect(attempt).toThrow(EmulatorRefusal)
    expect(attempt).toThrow(
      expect.objectContaining({
        code: 'invalid-value',
        field: 'seed',
        text: expect.objectContaining({ zh: '"seed" 必须是整数（>= 0）' }),
      }),
    )
  })
})
