import type { Sentence } from '@weapp-auth/protocol/contract'

/** How somebody answers a dialog without being asked; `ask` draws it on the phone. */
export type Answer = 'ask' | 'allow' | 'deny' | 'cancel' | 'never'

/** The dialogs that {@link Decisions} decides, the phone sheet first. */
export const dialogNames = ['phone', 'privacy', 'scope', 'profile', 'settings', 'avatar', 'nickname-review'] as const
export type DialogName = (typeof dialogNames)[number]
export type Decisions = Readonly<Partial<Record<DialogName, Answer>>>

export interface DeviceChoice {
  readonly platform: 'ios' | 'android' | 'devtools'
  /** Version of the base library, such as `3.17.0`. */
  readonly sdkVersion: string
  /** Promises of iOS 15 and older, which run in later tasks. */
  readonly oldPromises: boolean
  /** In CSS pixels. */
  readonly width: number
}

/** `no-server`: WeChat can be reached, the server of the mini program cannot. */
export type Network = 'wifi' | 'slow' | 'no-server' | 'none'

export interface ScenarioPerson {
  readonly name: string
  /** With calling code, such as `+8612000000001`. */
  readonly phones: readonly string[]
  /** WeChat takes the person for a risk. */
  readonly blocked?: boolean
}

/** A planned fault in the words of the emulator's control API; the emulator checks it. */
export interface PlannedFault {
  readonly on: 'http' | 'wx'
  /** An endpoint such as `code2Session`, or a call of the WeChat app such as `login`. */
  readonly call: string
  /** Such as `timeout`, `{ errcode: 40001 }`, `{ fail: 'system error' }`. */
  readonly fault: string | Readonly<Record<string, string | number>>
  readonly when: 'before' | 'after'
  readonly times: number | 'forever'
}

/** One thing that somebody does at the simulator, or the person at the phone. */
export type Step =
  | { readonly do: 'launch' | 'wipe' | 'kill' | 'second-device' | 'clear-faults' }
  | {
      readonly do: 'tap'
      readonly openType: string
      readonly label: string /** Default: 1. */
      readonly times?: number
    }
  | { readonly do: 'decide'; readonly decision: 'allow' | 'deny' | 'cancel'; readonly phone?: number }
  | { readonly do: 'dialog'; readonly dialog: DialogName; readonly decision: 'allow' | 'deny' | 'cancel' }
  | { readonly do: 'clock' | 'background' | 'wait'; readonly ms: number }
  | { readonly do: 'network'; readonly network: Network }
  | { readonly do: 'fault'; readonly fault: PlannedFault }
  | { readonly do: 'quota'; readonly left: number }
  | { readonly do: 'token'; readonly how: 'expire' | 'steal' }

/** All that a link hands on: what the phone is like at its cold start, and what is done then. */
export interface Scenario {
  readonly title?: Sentence
  /** What to look at. */
  readonly see?: Sentence
  readonly program: string
  readonly person: ScenarioPerson
  readonly device: DeviceChoice
  readonly decisions: Decisions
  readonly network: Network
  /** Whether WeChat asks for consent to the privacy guideline. */
  readonly privacy: boolean
  /** Whether the account may use the phone button. */
  readonly phonePermitted: boolean
  /** How far the emulator's clock is ahead of this machine's, in milliseconds. */
  readonly aheadMs: number
  readonly faults: readonly PlannedFault[]
  readonly steps: readonly Step[]
}

export const defaultDevice: DeviceChoice = { platform: 'ios', sdkVersion: '3.17.0', oldPromises: false, width: 375 }
