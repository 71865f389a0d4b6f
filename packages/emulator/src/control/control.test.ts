import { describe, expect, test } from 'vitest'
import { BOOKS, createWorld, LIN, TEA, WANG } from '../../test/world.ts'

describe('control', () => {
  test('people and apps can be added and changed while it runs', async () => {
    const { control, login, session } = createWorld({ apps: [TEA], people: [] })
    control.people.put({ id: 'zhao', name: '赵', phones: [] })
    control.apps.put(BOOKS)
    expect(await session(await login('zhao', BOOKS), BOOKS)).toHaveProperty('openid')
    control.apps.put({ ...BOOKS, secret: TEA.secret })
    expect(await session(await login('zhao', BOOKS), BOOKS)).toMatchObject({ errcode: 40125 })
    expect(control.people.all().map(({ id }) => id)).toEqual(['zhao'])
    expect(control.apps.all()).toHaveLength(2)
  })

  test('refuses people and apps that it does not know, by name', () => {
    const { control, phone } = createWorld()
    expect(() => phone('nobody')).toThrow('"personId": no such person: nobody')
    expect(() => phone(LIN.id, { ...TEA, appId: 'wx1' })).toThrow('"appId": no such app: wx1')
    expect(() => control.rotateKey('nobody', TEA.appId)).toThrow('no such person')
    expect(() => control.expireTokens('wx1')).toThrow('no such app')
    expect(() => control.stealToken('wx1')).toThrow('no such app')
    expect(() => control.decide('nobody', { decision: 'deny' })).toThrow('no such person')
  })

  test('refuses times and decisions that make no sense', () => {
    const { control } = createWorld()
    for (const ms of [-1, 1.5, Number.NaN, '60000', 4e15])
      expect(() => control.clock.advance(ms as number)).toThrow('"ms" must be a whole number')
    expect(() => control.decide(LIN.id, { decision: 'maybe' } as never)).toThrow('"decision.decision" must be one of')
    const added = { decision: 'add', phone: { number: 'x' } } as const
    expect(() => control.decide(LIN.id, added)).toThrow('"decision.phone.number" must be')
  })

  test('a standing decision holds for every phone of that person, and for nobody else', async () => {
    const { control, phone } = createWorld()
    control.decide(LIN.id, { decision: 'deny' })
    expect((await phone(LIN.id).tapPhoneButton()).errMsg).toBe('getPhoneNumber:fail user deny')
    expect((await phone(LIN.id, BOOKS).tapPhoneButton()).errMsg).toBe('getPhoneNumber:fail user deny')
    expect((await phone(WANG.id).tapPhoneButton()).errMsg).toBe('getPhoneNumber:ok')
  })

  test('the state shows who is logged in and with which key, and no secret', async () => {
    const { control, login, session, stable, phone } = createWorld()
    const { openid, session_key } = await session(await login())
    const { access_token } = await stable()
    const { code } = await phone().tapPhoneButton()
    const state = control.state()
    expect(state.uses).toEqual([
      {
        appId: TEA.appId,
        personId: LIN.id,
        openId: openid,
        unionId: null,
        key: { generation: 1, madeAt: control.clock.now() },
        serverKey: 1,
      },
    ])
    expect(state.apps[0]).toMatchObject({ tokens: { classic: null, stable: { generation: 1 } } })
    const text = JSON.stringify(state)
    for (const secret of [TEA.secret, session_key, access_token, code]) expect(text).not.toContain(String(secret))
  })

  test('a reset starts everything again: people, keys, tokens, faults, time and what phones stored', async () => {
    const world = createWorld()
    const { control, login, session, phone, stable } = world
    const code = await login()
    const token = await stable()
    phone().wx.setStorageSync('k', 'v')
    control.clock.advance(1000)
    control.people.put({ id: 'zhao', name: '赵', phones: [] })
    control.faults.next({ api: 'code2Session', fault: 'html' })
    const last = control.journal.entries().at(-1)?.id ?? 0

    control.reset()
    expect(control.journal.entries()).toMatchObject([{ what: 'reset', id: last + 1 }])
    expect(await session(code)).toMatchObject({ errcode: 40029 })
    expect(phone().wx.getStorageSync('k')).toBe('')
    expect(() => phone('zhao')).toThrow('no such person')
    expect(await login()).toBe(code)
    expect(await stable()).toEqual(token)
  })
})
