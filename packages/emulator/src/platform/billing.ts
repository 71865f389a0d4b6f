import type { Bill, BillingChange, ComponentBill, PhoneComponent } from '../types.ts'
import type { Memory } from './memory.ts'

/**
 * The account of the phone components (手机号快速验证组件, 收费说明): each success costs one call, first of the trial, then
 * of what was bought; the tap asks whether one is left.
 */
export interface Billing {
  /** Whether a tap may go on; asked when the button is tapped. */
  covers(appId: string, component: PhoneComponent): boolean
  /** Takes one call when the success arrives at the page; false when none is left. */
  charge(appId: string, component: PhoneComponent): boolean
  bill(appId: string): Bill
  change(appId: string, change: BillingChange): void
}

/** In cents (fen), since 2023-08-28. */
const PRICE: Record<PhoneComponent, number> = { quick: 3, realtime: 4 }
const TRIAL_CALLS = 1000

interface Meter {
  trialLeft: number
  boughtLeft: number
  successes: number
  paidCalls: number
}

interface Account {
  free: boolean
  readonly meters: Record<PhoneComponent, Meter>
}

export function createBilling({ memory }: { readonly memory: Memory }): Billing {
  const { accounts } = memory.part('billing', () => ({ accounts: new Map<string, Account>() }))

  function accountOf(appId: string): Account {
    const account = accounts.get(appId) ?? { free: false, meters: { quick: newMeter(), realtime: newMeter() } }
    accounts.set(appId, account)
    return account
  }

  function covers(appId: string, component: PhoneComponent): boolean {
    const { free, meters } = accountOf(appId)
    return free || meters[component].trialLeft + meters[component].boughtLeft > 0
  }

  return {
    covers,
    charge(appId, component) {
      if (!covers(appId, component)) return false
      const { free, meters } = accountOf(appId)
      const meter = meters[component]
      meter.successes += 1
      if (free) return true
      if (meter.trialLeft > 0) meter.trialLeft -= 1
      else {
        meter.boughtLeft -= 1
        meter.paidCalls += 1
      }
      return true
    },
    bill(appId) {
      const { free, meters } = accountOf(appId)
      const total = PRICE.quick * meters.quick.paidCalls + PRICE.realtime * meters.realtime.paidCalls
      return {
        appId,
        free,
        quick: billOf(meters.quick, PRICE.quick),
        realtime: billOf(meters.realtime, PRICE.realtime),
        totalYuan: total / 100,
      }
    },
    change(appId, { free, quick, realtime }) {
      const account = accountOf(appId)
      account.free = free ?? account.free
      Object.assign(account.meters.quick, quick)
      Object.assign(account.meters.realtime, realtime)
    },
  }
}

function newMeter(): Meter {
  return { trialLeft: TRIAL_CALLS, boughtLeft: 0, successes: 0, paidCalls: 0 }
}

function billOf(meter: Meter, price: number): ComponentBill {
  return { ...meter, priceYuan: price / 100, costYuan: (price * meter.paidCalls) / 100 }
}
