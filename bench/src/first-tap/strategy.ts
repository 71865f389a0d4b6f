import type { PhoneEventDetail, WxRuntime } from '@weapp-auth/emulator'
import type { VirtualTime } from './virtual-time.ts'
import type { Word } from './words.ts'

/** A web-standard call. */
export type Fetch = (request: Request) => Promise<Response>

/** What a strategy may use. */
export interface Tools {
  readonly time: VirtualTime
  /** WeChat's server API, for the backend. */
  readonly wechat: Fetch
  readonly appId: string
  readonly secret: string
}

/** One way to get a phone number: a front end and the server that it needs. */
export interface Strategy {
  readonly id: string
  readonly title: { readonly zh: string; readonly en: string }
  /** A fresh server that knows nobody. */
  start(tools: Tools): Running
}

export interface Running {
  /** The server. */
  readonly fetch: Fetch
  /** Number that the server holds for the one person of the play; null before. */
  bound(): string | null
  /** The mini program is opened: from cold, with what the phone has stored. */
  open(phone: Phone): Page
}

/** What the page runs on. */
export interface Phone extends Pick<WxRuntime, 'wx' | 'timers'> {
  /** The time on the phone, which may be wrong. */
  now(): number
  /** The page shows a sentence to the person. */
  say(word: Word): void
}

/** The page with the phone button. */
export interface Page {
  /** `bindtap` of the button. */
  readonly tapped?: () => void
  /** `bindgetphonenumber`. */
  phone(event: { readonly detail: PhoneEventDetail }): void
  /** False while the button is disabled or hidden. */
  canTap(): boolean
}
