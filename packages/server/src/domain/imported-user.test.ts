import { describe, expect, it } from 'vitest'
import { readImportedUser } from './imported-user.ts'

const now = Date.parse('2026-11-22T00:00:00Z')
const good = { openid: 'o1', phone: '13800138000', phone_verified_at: '1790000000', phone_source: 'sms' }

describe('a line of another system', () => {
  it('is a user with number, name and times', async () => {
    const fields = { ...good, unionid: 'u1', nickname: '小明', created_at: '2020-01-01T08:00:00+08:00' }
    expect(await readImportedUser(fields, now)).toEqual({
      status: 'read',
      user: {
        openId: 'o1',
        unionId: 'u1',
        createdAt: Date.parse('2020-01-01T00:00:00Z'),
        phone: { number: '+8613800138000', countryCode: '86', source: 'sms', verifiedAt: 1_790_000_000_000 },
        nickname: '小明',
      },
    })
  })

  it('may have nothing but an openid, and empty fields are none', async () => {
    const empty = { unionid: '', phone: '', phone_source: '', phone_verified_at: '', nickname: '', created_at: '' }
    const user = { openId: 'o1', unionId: null, createdAt: null, phone: null, nickname: null }
    expect(await readImportedUser({ openid: 'o1' }, now)).toEqual({ status: 'read', user })
    expect(await readImportedUser({ openid: 'o1', ...empty }, now)).toEqual({ status: 'read', user })
  })

  it.each([
    ['1577836800', 1_577_836_800_000],
    ['1577836800123', 1_577_836_800_123],
    ['2020-01-01T00:00:00Z', 1_577_836_800_000],
    ['2020-01-01T08:00:00.5+08:00', 1_577_836_800_500],
  ])('takes the time %s', async (created_at, createdAt) => {
    expect(await readImportedUser({ openid: 'o1', created_at }, now)).toMatchObject({ user: { createdAt } })
  })

  it.each(['+85261234567', '+447911123456', '+12015550123'])('takes the number %s', async number => {
    expect(await readImportedUser({ ...good, phone: number }, now)).toMatchObject({ user: { phone: { number } } })
  })

  it('takes the time of the account for the time of the proof, and no other', async () => {
    const { phone_verified_at: _, ...without } = good
    const read = await readImportedUser({ ...without, created_at: '1577836800' }, now)
    expect(read).toMatchObject({ user: { phone: { verifiedAt: 1_577_836_800_000 } } })
    expect(await readImportedUser(without, now)).toEqual({
      status: 'wrong',
      field: 'phone_verified_at',
      must: 'time-of-proof',
    })
  })

  it.each([
    [{ openid: '' }, 'openid', 'id'],
    [{ openid: 'o 1' }, 'openid', 'id'],
    [{ unionid: 'u"1' }, 'unionid', 'id'],
    [{ created_at: '2020-01-01 00:00:00' }, 'created_at', 'time'],
    [{ created_at: '2027-01-01T00:00:00Z' }, 'created_at', 'time'],
    [{ phone_verified_at: 'yesterday' }, 'phone_verified_at', 'time'],
    [{ phone_source: 'typed' }, 'phone_source', 'source'],
    [{ phone: '138001380' }, 'phone', 'number'],
    [{ phone: '+86 138 0013 8000' }, 'phone', 'number'],
  ] as const)('is refused with %j', async (fields, field, must) => {
    expect(await readImportedUser({ ...good, ...fields }, now)).toEqual({ status: 'wrong', field, must })
  })
})
