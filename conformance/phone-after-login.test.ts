import { afterEach, describe, expect, test } from 'vitest'
import { kwan, lin, oldLibrary, openStage, type Stage, worlds } from './stage.ts'

let stage: Stage
afterEach(() => stage.close())

describe.each(worlds)('%s', (_, world) => {
  test('one tap: the server holds an account with a verified phone', async () => {
    stage = await openStage(world)
    const visit = stage.open(lin)
    expect(await visit.auth.ready()).toMatchObject({ status: 'ready' })

    const outcome = await visit.tap()

    expect(outcome).toMatchObject({
      status: 'bound',
      phone: { number: '+8613800138000', masked: '138******00', countryCode: '86', source: 'phone-code' },
    })
    expect(await visit.get('/v1/me')).toMatchObject({ user: { phone: { number: '+8613800138000' } } })
  })

  test('the tap may come before the login has finished', async () => {
    stage = await openStage(world)
    expect(await stage.open(lin).tap()).toMatchObject({ status: 'bound' })
    expect(stage.events.filter(event => event.type === 'login-recorded')).toHaveLength(1)
  })

  test('an old base library without a phone code binds by the ciphertext', async () => {
    stage = await openStage({ ...world, policy: { openData: 'enforce' } })
    const visit = stage.open(lin, oldLibrary)
    await visit.auth.ready()
    expect(await visit.tap()).toMatchObject({ status: 'bound', phone: { source: 'open-data' } })
  })

  test('a number from Hong Kong keeps its country', async () => {
    stage = await openStage(world)
    expect(await stage.open(kwan).tap()).toMatchObject({ phone: { number: '+85251234567', countryCode: '852' } })
  })

  test('who declines keeps the account and can agree later', async () => {
    stage = await openStage(world)
    const visit = stage.open(lin)
    expect(await visit.tap({ decision: 'deny' })).toMatchObject({ status: 'declined' })
    expect(await visit.get('/v1/me')).toMatchObject({ user: { phone: null } })
    expect(await visit.tap()).toMatchObject({ status: 'bound' })
  })

  test('the next launch needs no login and knows the phone', async () => {
    stage = await openStage(world)
    await stage.open(lin).tap()
    const logins = () => stage.events.filter(event => event.type === 'login-recorded').length
    const before = logins()
    const again = stage.open(lin)
    expect(await again.auth.ready()).toMatchObject({ status: 'ready' })
    expect(await again.get('/v1/me')).toMatchObject({ user: { phone: { number: '+8613800138000' } } })
    expect(logins()).toBe(before)
  })
})
