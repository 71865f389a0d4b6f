import { afterEach, expect, test } from 'vitest'
import { lin, minutes, openStage, type Stage } from './stage.ts'

let stage: Stage
afterEach(() => stage.close())

test('another number takes the place of the former one, which stays in the history', async () => {
  stage = await openStage()
  const visit = stage.open(lin)
  expect(await visit.tap()).toMatchObject({ status: 'bound' })
  stage.advance(minutes(60))
  expect(await visit.tap({ decision: 'allow', phone: 1 })).toMatchObject({
    status: 'replaced',
    phone: { number: '+8613900139000' },
  })

  expect(await visit.get('/v1/me')).toMatchObject({ user: { phone: { number: '+8613900139000' } } })
  expect(await visit.get('/v1/me/phones')).toMatchObject({
    phones: [
      { number: '+8613900139000', verifiedAt: '2026-11-21T05:00:00.000Z', replacedAt: null },
      { number: '+8613800138000', verifiedAt: '2026-11-21T04:00:00.000Z', replacedAt: '2026-11-21T05:00:00.000Z' },
    ],
  })
})

test('the same number again changes nothing but the time of its verification', async () => {
  stage = await openStage()
  const visit = stage.open(lin)
  await visit.tap()
  stage.advance(minutes(60))
  expect(await visit.tap()).toMatchObject({ status: 'unchanged' })
  expect(await visit.get('/v1/me/phones')).toMatchObject({
    phones: [{ number: '+8613800138000', verifiedAt: '2026-11-21T05:00:00.000Z', replacedAt: null }],
  })
})

test('a number that comes back is current again, and its first time stays in the history', async () => {
  stage = await openStage()
  const visit = stage.open(lin)
  await visit.tap()
  await visit.tap({ decision: 'allow', phone: 1 })
  expect(await visit.tap()).toMatchObject({ status: 'replaced', phone: { number: '+8613800138000' } })
  const { phones } = (await visit.get('/v1/me/phones')) as { phones: { number: string }[] }
  expect(phones.map(phone => phone.number)).toEqual(['+8613800138000', '+8613900139000', '+8613800138000'])
})
