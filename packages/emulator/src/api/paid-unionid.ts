import type { Platform } from '../platform/platform.ts'
import type { WechatUse } from '../types.ts'
import { type Endpoint, grant, type Refused, refuse } from './endpoint.ts'
import { isText } from './read-app.ts'
import { readToken } from './read-token.ts'

const OPEN_MS = 300_000

/** GET /wxa/getpaidunionid: the unionid of somebody who paid within five minutes. */
export const paidUnionid: Endpoint = {
  name: 'getPaidUnionid',
  method: 'GET',
  path: '/wxa/getpaidunionid',
  errmsgStyle: 'plain',
  contentType: 'application/json; charset=UTF-8',
  permissionSet: 18,
  handle(platform, call) {
    const appId = readToken(platform, call)
    if (typeof appId !== 'string') return appId
    const { directory } = platform.state
    const personId = directory.personOf(appId, call.query.get('openid') ?? '')
    if (personId === undefined)
      return refuse(40003, '这个小程序没有这个 openid', 'this app has no such openid', { appId })
    const use = { appId, personId }
    const unionid = directory.unionId(use)
    if (unionid === null)
      return refuse(89002, '小程序没有绑定开放平台账号', 'the app is not bound to an open-platform account', use)
    return (
      unpaid(platform, use, call.query) ??
      grant({ unionid, errcode: 0, errmsg: 'ok' }, '付过款的用户，给出 unionid', 'the person paid: their unionid', use)
    )
  },
}

function unpaid({ state, clock }: Platform, use: WechatUse, query: URLSearchParams): Refused | null {
  const [transactionId, mchId, outTradeNo] = ['transaction_id', 'mch_id', 'out_trade_no'].map(name => query.get(name))
  const order = isText(transactionId)
    ? { transactionId }
    : isText(mchId) && isText(outTradeNo)
      ? { mchId, outTradeNo }
      : null
  if (!order)
    return refuse(
      40101,
      '要有 transaction_id，或 mch_id 和 out_trade_no',
      'wants transaction_id, or mch_id and out_trade_no',
      use,
    )
  const paidAt = state.payments.paidAt(use, order)
  if (paidAt === undefined) return refuse(89300, '该用户没有付过这一笔', 'the person never paid this order', use)
  const seconds = Math.round((clock.now() - paidAt) / 1000)
  if (clock.now() - paidAt < OPEN_MS) return null
  return refuse(89300, `付款已过 ${seconds} 秒，超过五分钟`, `paid ${seconds} s ago, more than five minutes`, use)
}
