import { describe, expect, test } from 'vitest'
import { createWorld, LIN, START, TEA, WANG } from '../../test/world.ts'
import type { EmulatorSnapshot } from './snapshot.ts'

const throughJson = (snapshot: EmulatorSnapshot) => JSON.parse(JSON.stringify(snapshot)) as EmulatorSnapshot

async function used() {
  const world = createWorld()
  const code = await world.login()
  await world.session(code)
  const { code: phoneCode } = await world.phone().tapPhoneButton()
  const token = await world.stableToken()
  world.phone().wx.setStorageSync('k', 'v')
  world.control.decide(WANG.id, { decision: 'deny' })
  world.control.faults.next({ api: 'checkSessionKey', fault: 'html', times: 'forever' })
  world.control.clock.advance(60_000)
  return { ...world, code, phoneCode, token }
}

/** What comes next: everything that looks random, and everything that was remembered. */
async function future(
  { login, session, phone, classicToken, phoneByCode, control }: Awaited<ReturnType<typeof used>>,
  old: { readonly code: string; readonly phoneCode?: string | undefined; readonly token: string },
) {
  const code = await login()
  return {
    now: control.clock.now(),
    code,
    session: await session(code),
    spent: await session(old.code),
    tap: await phone().tapPhoneButton(),
    denied: await phone(WANG.id).tapPhoneButton(),
    phone: await phoneByCode({ code: old.phoneCode }, old.token),
    token: await classicToken(),
    stored: phone().wx.getStorageSync('k'),
    faults: control.faults.pending(),
    state: control.state(),
  }
}

describe('a snapshot', () => {
  test('restored in another emulator gives the same next codes, keys, tokens and answers', async () => {
    const first = await used()
    const snapshot = throughJson(first.control.snapshot())
    const second = { ...createWorld({ clock: { now: () => START + 5 } }), code: '', phoneCode: '', token: '' }
    second.control.restore(snapshot)
    expect(await future(second, first)).toEqual(await future(first, first))
  })

  test('of a restored emulator is the same snapshot', async () => {
    const { control } = await used()
    const snapshot = control.snapshot()
    const second = createWorld({ clock: { now: () => START } })
    second.control.restore(throughJson(snapshot))
    expect(throughJson(second.control.snapshot())).toEqual(throughJson(snapshot))
  })

  test('can be restored again and again, back in time too', async () => {
    const world = await used()
    const snapshot = throughJson(world.control.snapshot())
    const once = await future(world, world)
    world.control.clock.advance(86_400_000)
    world.control.restore(snapshot)
    expect(world.control.journal.entries()).toMatchObject([{ what: 'restored' }])
    expect(await future(world, world)).toEqual(once)
  })

  test('keeps the identity of keys: the last login is valid after a restore, and not after a rotation', async () => {
    const { control, phone } = await used()
    control.restore(throughJson(control.snapshot()))
    expect(await phone().wx.checkSession()).toEqual({ errMsg: 'checkSession:ok' })
    control.rotateKey(LIN.id, TEA.appId)
    await expect(phone().wx.checkSession()).rejects.toMatchObject({ errMsg: expect.stringContaining('fail') })
  })

  test('travels over HTTP', async () => {
    const { ask, control, login } = await used()
    const snapshot = await ask('/_emulator/snapshot')
    const next = await login()
    const init = { method: 'POST', body: JSON.stringify(snapshot), headers: { 'content-type': 'application/json' } }
    expect(await ask('/_emulator/restore', init)).toEqual({ ok: true })
    expect(await login()).toBe(next)
    expect(control.journal.entries()[0]?.what).toBe('restored')
  })

  test('a function that answers for a person cannot be kept', () => {
    const { control } = createWorld()
    control.decide(LIN.id, () => ({ decision: 'deny' }))
    expect(() => control.snapshot()).toThrow('"decision" must be data and not a function')
  })

  test.each([
    ['nothing', null, '"snapshot" must be an object'],
    ['another version', { version: 2 }, '"snapshot.version" must be 1'],
    ['another seed', { version: 1, seed: 9 }, '"snapshot.seed" must be the seed of this emulator, 1'],
    ['no time', { version: 1, seed: 1, memory: { root: [0], objects: [{ map: [] }] } }, '"snapshot.now" must be'],
    ['no memory', { version: 1, seed: 1, now: START }, '"snapshot.memory" must be an object'],
    ['an empty memory', { version: 1, seed: 1, now: START, memory: {} }, '"snapshot.memory" must be what a snapshot'],
    ['a list', { version: 1, seed: 1, now: START, memory: { root: 1, objects: [] } }, '"snapshot.memory" must be what'],
  ])('%s is refused, and nothing changes', async (_, snapshot, message) => {
    const { control, session, code } = await used()
    expect(() => control.restore(snapshot as never)).toThrow(message)
    expect(await session(code)).toMatchObject({ errcode: 40163 })
  })
})
