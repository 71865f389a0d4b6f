import type { DialogDecide, PhoneDecision, PhoneSheet } from '../types.ts'
import { type AccessTokens, createAccessTokens } from './access-tokens.ts'
import { type Accounts, createAccounts } from './accounts.ts'
import { type ApiQuotas, createApiQuotas } from './api-quotas.ts'
import { type Billing, createBilling } from './billing.ts'
import { type CallQuota, createCallQuota } from './call-quota.ts'
import { type Ciphertexts, createCiphertexts } from './ciphertexts.ts'
import { type ClockTimers, createClockTimers } from './clock-timers.ts'
import { type Codes, createCodes } from './codes.ts'
import { type Components, createComponents } from './components.ts'
import { type Consents, createConsents } from './consents.ts'
import { createDerive, type Derive } from './derive.ts'
import { createDirectory, type Directory } from './directory.ts'
import { createJournal, type Journal } from './journal.ts'
import { createMemory, type Memory } from './memory.ts'
import { createMovableClock, type MovableClock } from './movable-clock.ts'
import { createPayments, type Payments } from './payments.ts'
import { createPhoneSheets, type PhoneSheets } from './phone-sheets.ts'
import type { PlatformOptions } from './read-options.ts'
import { createRids, type Rids } from './rids.ts'
import { createSessionKeys, type SessionKeys } from './session-keys.ts'
import { createUserKeys, type UserKeys } from './user-keys.ts'

/** How a person answers the phone sheet. */
export type Decide = PhoneDecision | ((sheet: PhoneSheet) => PhoneDecision | Promise<PhoneDecision>)

/** What WeChat remembers; a reset replaces all of it. */
interface PlatformState {
  readonly directory: Directory
  readonly keys: SessionKeys
  readonly codes: Codes
  readonly tokens: AccessTokens
  readonly ciphertexts: Ciphertexts
  readonly sheets: PhoneSheets
  readonly accounts: Accounts
  readonly quotas: ApiQuotas
  readonly components: Components
  readonly payments: Payments
  readonly userKeys: UserKeys
  readonly billing: Billing
  readonly rids: Rids
  /** code2Session: 100 per user and minute (errcode 45011). */
  readonly codeQuota: CallQuota
  /** resetusersessionkey: some per user and minute (errcode 45011). */
  readonly resetQuota: CallQuota
  /** How people answer from now on, by person. */
  readonly decisions: Map<string, Decide>
  /** How people answer other dialogs from now on, by person and kind. */
  readonly dialogDecisions: Map<string, DialogDecide>
  readonly consents: Consents
  /** What mini programs stored on the phones, by app and person. */
  readonly storages: Map<string, Map<string, string>>
  /** `wx.getRandomValues`. */
  random(length: number): Uint8Array
}

/** The emulated WeChat without any transport: state, clock and journal. */
export interface Platform {
  readonly options: PlatformOptions
  readonly clock: MovableClock
  readonly timers: ClockTimers
  readonly derive: Derive
  readonly journal: Journal
  /** Read both anew for each call: a reset replaces them. */
  memory: Memory
  state: PlatformState
  reset(): void
  /** Goes back, or forward, to what was remembered at that time. */
  restore(memory: Memory, now: number): void
}

export function createPlatform(options: PlatformOptions): Platform {
  const clock = createMovableClock(options.clock, options.startAt)
  const derive = createDerive(options.seed)
  const journal = createJournal(clock)
  const memory = createMemory()
  const platform: Platform = {
    options,
    clock,
    timers: createClockTimers(clock),
    derive,
    journal,
    memory,
    state: createState(options, { clock, derive, memory }),
    reset() {
      clock.restart()
      journal.clear()
      remember(createMemory())
    },
    restore(memory, now) {
      clock.set(now)
      journal.clear()
      remember(memory)
    },
  }
  function remember(memory: Memory): void {
    platform.memory = memory
    platform.state = createState(options, { clock, derive, memory })
  }
  return platform
}

interface StateTools {
  readonly clock: MovableClock
  readonly derive: Derive
  readonly memory: Memory
}

function createState(options: PlatformOptions, tools: StateTools): PlatformState {
  const { derive, memory } = tools
  const { minKeyAgeMs, keyLifeMs, unverified } = options
  const directory = createDirectory(options, derive, memory)
  return {
    directory,
    consents: createConsents({ directory, memory }),
    keys: createSessionKeys({ ...tools, minKeyAgeMs, keyLifeMs }),
    codes: createCodes(tools),
    tokens: createAccessTokens(tools),
    ciphertexts: createCiphertexts(tools, unverified.encryptedMsgHash),
    sheets: createPhoneSheets(tools),
    accounts: createAccounts(tools),
    quotas: createApiQuotas(tools),
    components: createComponents(tools),
    payments: createPayments(tools),
    userKeys: createUserKeys(tools),
    billing: createBilling(tools),
    rids: createRids(tools),
    resetQuota: createCallQuota(tools, { name: 'reset-quota', calls: unverified.resetsPerMinute, perMs: 60_000 }),
    codeQuota: createCallQuota(tools, { name: 'code-quota', calls: 100, perMs: 60_000 }),
    decisions: memory.part('decisions', () => new Map<string, Decide>()),
    dialogDecisions: memory.part('dialog-decisions', () => new Map<string, DialogDecide>()),
    storages: memory.part('storages', () => new Map<string, Map<string, string>>()),
    random: createRandomBytes(tools),
  }
}

function createRandomBytes({ clock, derive, memory }: StateTools): PlatformState['random'] {
  const own = memory.part('random', () => ({ draws: 0 }))
  return length => {
    own.draws += 1
    return derive.bytes(`random-values ${own.draws} ${clock.now()}`, length)
  }
}
