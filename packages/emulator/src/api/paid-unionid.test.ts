import { expect, test } from 'vitest'
import { createWorld, LIN, TEA, WANG } from '../../test/world.ts'

function createShop() {
  const world = createWorld({ apps: [{ ...TEA, openAccount: 'house' }] })
  const openIdOf = (personId: string) => world.control.people.openId(personId, TEA.appId)
  const ask = async (query: string, openid = openIdOf(LIN.id)) =>
    world.ask(`/wxa/getpaidunionid?access_token=${await world.stableToken()}&openid=${openid}&${query}`)
  return { ...world, askUnionid: ask, openIdOf }
}

test('a payment opens the unionid, by either number of it', async () => {
  const { control, askUnionid } = createShop()
  const { transactionId, mchId, outTradeNo } = control.pay(LIN.id, TEA.appId)
  const unionid = control.people.unionId(LIN.id, TEA.appId)
  expect(await askUnionid(`transaction_id=${transactionId}`)).toEqual({ unionid, errcode: 0, errmsg: 'ok' })
  expect(await askUnionid(`mch_id=${mchId}&out_trade_no=${outTradeNo}`)).toMatchObject({ unionid })
})

test('it does so for five minutes, and only for who paid', async () => {
  const { control, askUnionid, openIdOf, noted } = createShop()
  const { transactionId } = control.pay(LIN.id, TEA.appId, { transactionId: '42001' })
  expect(await askUnionid(`transaction_id=${transactionId}`, openIdOf(WANG.id))).toMatchObject({ errcode: 89300 })
  control.clock.advance(299_999)
  expect(await askUnionid('transaction_id=42001')).toMatchObject({ errcode: 0 })
  control.clock.advance(1)
  expect(await askUnionid('transaction_id=42001')).toEqual({
    errcode: 89300,
    errmsg: expect.stringMatching(/^invalid trade rid: /),
  })
  expect(noted('GET /wxa/getpaidunionid')?.text.en).toBe('paid 300 s ago, more than five minutes')
})

test('wants one whole number of an order', async () => {
  const { control, askUnionid } = createShop()
  const { mchId } = control.pay(LIN.id, TEA.appId)
  expect(await askUnionid('')).toMatchObject({ errcode: 40101 })
  expect(await askUnionid(`mch_id=${mchId}`)).toMatchObject({ errcode: 40101 })
})
