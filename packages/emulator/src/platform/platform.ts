import type { PhoneDecision, PhoneSheet } from '../types.ts'
import { type AccessTokens, createAccessTokens } from './access-tokens.ts'
import { type CallQuota, createCallQuota } from './call-quota.ts'
import { type Ciphertexts, createCiphertexts } from './ciphertexts.ts'
import { type ClockTimers, createClockTimers } from './clock-timers.ts'
import { type Codes, createCodes } from './codes.ts'
import { createDerive, type Derive } from './derive.ts'
import { createDirectory, type Directory } from './directory.ts'
import { createJournal, type Journal } from './journal.ts'
import { createMovableClock, type MovableClock } from './movable-clock.ts'
import { createPhoneSheets, type PhoneSheets } from './phone-sheets.ts'
import type { PlatformOptions } from './read-options.ts'
import { createSessionKeys, type SessionKeys } from './session-keys.ts'

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
  /** code2Session: 100 per user and minute (errcode 45011). */
  readonly codeQuota: CallQuota
  /** `wx.login`: four per user and second. */
  readonly loginQuota: CallQuota
  /** How people answer from now on, by person. */
  readonly decisions: Map<string, Decide>
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
  /** Read it anew for each call: a reset replaces it. */
  state: PlatformState
  reset(): void
}

export function createPlatform(options: PlatformOptions): Platform {
  const clock = createMovableClock(options.clock)
  const derive = createDerive(options.seed)
  const journal = createJournal(clock)
  const platform: Platform = {
    options,
    clock,
    timers: createClockTimers(clock),
    derive,
    journal,
    state: createState(options, clock, derive),
    reset() {
      clock.restart()
      journal.clear()
      platform.state = createState(options, clock, derive)
    },
  }
  return platform
}

function createState(options: PlatformOptions, clock: MovableClock, derive: Derive): PlatformState {
  const { minKeyAgeMs, keyLifeMs, unverified } = options
  return {
    directory: createDirectory(options, derive),
    keys: createSessionKeys({ clock, derive, minKeyAgeMs, keyLifeMs }),
    codes: createCodes({ clock, derive }),
    tokens: createAccessTokens({ clock, derive }),
    ciphertexts: createCiphertexts(clock, unverified.encryptedMsgHash),
    sheets: createPhoneSheets(clock),
    codeQuota: createCallQuota(clock, { calls: 100, perMs: 60_000 }),
    loginQuota: createCallQuota(clock, { calls: 4, perMs: 1000 }),
    decisions: new Map(),
    storages: new Map(),
    random: createRandomBytes(clock, derive),
  }
}

function createRandomBytes(clock: MovableClock, derive: Derive): PlatformState['random'] {
  let draws = 0
  return length => {
    draws += 1
    return derive.bytes(`random-values ${draws} ${clock.now()}`, length)
  }
}
