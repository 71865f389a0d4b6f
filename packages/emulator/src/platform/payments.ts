import type { EmulatorClock, WechatUse } from '../types.ts'
import type { Derive } from './derive.ts'
import type { Memory } from './memory.ts'

/** A payment that a person made in an app. */
export interface Payment {
  /** WeChat's own number of it. */
  readonly transactionId: string
  readonly mchId: string
  /** The merchant's number of it. */
  readonly outTradeNo: string
}

/** For five minutes a payment opens the unionid (getPaidUnionid). */
export interface Payments {
  /** The person pays now; what is not named is made up. */
  pay(use: WechatUse, order: Partial<Payment>): Payment
  /** When the person paid this order, if they did. */
  paidAt(use: WechatUse, order: { transactionId: string } | { mchId: string; outTradeNo: string }): number | undefined
}

interface PaymentsTools {
  readonly clock: EmulatorClock
  readonly derive: Derive
  readonly memory: Memory
}

export function createPayments({ clock, derive, memory }: PaymentsTools): Payments {
  const own = memory.part('payments', () => ({ count: 0, paidAt: new Map<string, number>() }))
  const digits = (label: string, length: number) => derive.text(label, length, '0123456789')
  const byTransaction = ({ appId, personId }: WechatUse, id: string) => `${appId} ${personId} transaction ${id}`
  const byOrder = ({ appId, personId }: WechatUse, mchId: string, outTradeNo: string) =>
    `${appId} ${personId} order ${mchId} ${outTradeNo}`

  return {
    pay(use, order) {
      own.count += 1
      const label = `payment ${own.count} ${clock.now()}`
      const payment: Payment = {
        transactionId: order.transactionId ?? `4200${digits(label, 24)}`,
        mchId: order.mchId ?? `16${digits('merchant', 8)}`,
        outTradeNo: order.outTradeNo ?? digits(`order ${label}`, 20),
      }
      own.paidAt.set(byTransaction(use, payment.transactionId), clock.now())
      own.paidAt.set(byOrder(use, payment.mchId, payment.outTradeNo), clock.now())
      return payment
    },
    paidAt: (use, order) =>
      own.paidAt.get(
        'transactionId' in order
          ? byTransaction(use, order.transactionId)
          : byOrder(use, order.mchId, order.outTradeNo),
      ),
  }
}
