import { BlockList, isIP } from 'node:net'
import type { AccountConditions, EmulatorClock } from '../types.ts'
import type { Memory } from './memory.ts'

/** What stands between each app and the platform. */
export interface Accounts {
  conditions(appId: string): Required<AccountConditions>
  /** Changes what is named; the rest stays as it is. */
  change(appId: string, change: AccountConditions): void
  /** Whether this address may fetch an access_token. */
  allowsIp(appId: string, ip: string): boolean
  /** What the admin says about the addresses of this app: a refusal holds for its hour or its day, then they are asked again. */
  ipConfirmation(appId: string): Required<AccountConditions>['ipConfirmation']
}

const GOOD: Required<AccountConditions> = {
  ipAllowList: [],
  secretFrozen: false,
  standing: 'good',
  ipConfirmation: 'none',
  notGranted: [],
  banned: [],
}
const REFUSED_FOR_MS = { 'refused-for-an-hour': 3_600_000, 'refused-for-a-day': 86_400_000 } as const

interface Account {
  conditions: Required<AccountConditions>
  /** When the admin answered. */
  answeredAt: number
}

interface AccountsTools {
  readonly clock: EmulatorClock
  readonly memory: Memory
}

export function createAccounts({ clock, memory }: AccountsTools): Accounts {
  const { accounts } = memory.part('accounts', () => ({ accounts: new Map<string, Account>() }))
  const conditions = (appId: string) => accounts.get(appId)?.conditions ?? GOOD

  return {
    conditions,
    change(appId, change) {
      const answeredAt = change.ipConfirmation ? clock.now() : (accounts.get(appId)?.answeredAt ?? 0)
      accounts.set(appId, { conditions: { ...conditions(appId), ...change }, answeredAt })
    },
    allowsIp(appId, ip) {
      return isOnList(conditions(appId).ipAllowList, ip)
    },
    ipConfirmation(appId) {
      const answer = conditions(appId).ipConfirmation
      if (answer === 'none' || answer === 'asked') return answer
      const since = clock.now() - (accounts.get(appId)?.answeredAt ?? 0)
      return since < REFUSED_FOR_MS[answer] ? answer : 'asked'
    },
  }
}

/** Whether an allow list lets this address in; an empty one lets all in. */
export function isOnList(ipAllowList: readonly string[], ip: string): boolean {
  return ipAllowList.length === 0 || blockListOf(ipAllowList).check(ip, familyOf(ip))
}

/** Node's list of addresses; the name is about its usual purpose. */
function blockListOf(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    if (bits === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(bits), familyOf(address))
  }
  return list
}

function familyOf(ip: string): 'ipv4' | 'ipv6' {
  return isIP(ip) === 6 ? 'ipv6' : 'ipv4'
}
