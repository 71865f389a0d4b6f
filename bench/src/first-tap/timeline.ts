/** What life does between the launch of a mini program and a bound phone number. Drawn by `life.ts`, played by `play.ts`. */
export interface Timeline {
  /** Of base libraries before 2.21.2 the phone button gives no code; before 2.32.3 there is no privacy gate. */
  readonly library: '2.20.0' | '2.30.0' | '3.17.0'
  /** Android spells refusals in another way. */
  readonly platform: 'ios' | 'android'
  /** The mini program was opened that many milliseconds before, without a tap; null: this is the first time. */
  readonly earlierMs: number | null
  /** From the launch to the first tap. */
  readonly before: readonly Step[]
  /** Whether WeChat asks for consent to the privacy guideline at the first tap, and what the person says. */
  readonly privacy: 'agreed-before' | 'agrees' | 'refuses-first'
  /** How the person answers the sheet before agreeing. */
  readonly refusals: readonly ('deny' | 'cancel')[]
  /** While the sheet is open that the person then agrees to. */
  readonly sheet: readonly Step[]
  /** From the event of that sheet on. */
  readonly after: readonly Step[]
  readonly secondTap: SecondTap | null
  readonly spells: readonly Spell[]
  /** The clock of the phone is wrong by that many milliseconds. */
  readonly clockOffMs: number
  /** One way between phone and server. */
  readonly latencyMs: number
  /** How long the person looks at a page that says nothing before tapping again. */
  readonly patienceMs: number
  /** How long the person takes to read a sentence before tapping again. */
  readonly readsMs: number
}

/** Whose `wx.login` may replace the session_key: another device, a data pre-fetch, a plugin, or another page of the same mini program. */
export type Rotator = 'device' | 'prefetch' | 'plugin' | 'page'

export type Step =
  | { readonly do: 'wait'; readonly ms: number }
  /** In the background; after 5 s everything stands still, after 30 minutes the launch is over. */
  | { readonly do: 'away'; readonly ms: number }
  | { readonly do: 'rotate'; readonly by: Rotator }
  /** The person or the network sets the clock of the phone. */
  | { readonly do: 'set-clock'; readonly ms: number }

/** The impatient person taps again: while the sheet comes up, or when it has closed and nothing seems to happen. */
export interface SecondTap {
  readonly during: 'sheet' | 'submission'
  readonly afterMs: number
}

/** A time during which something does not work. */
export interface Spell {
  readonly what:
    | 'login-slow'
    | 'login-lost'
    | 'request-lost'
    | 'answer-lost'
    | 'answer-silent'
    | 'server-down'
    | 'server-slow'
    | 'wechat-down'
  /** From the launch, or from the event of the first sheet that was agreed to. */
  readonly from: 'launch' | 'event'
  readonly afterMs: number
  readonly forMs: number
  /** How slow. */
  readonly byMs: number
}

/** A kind of trouble, so that each can be told by itself. */
export const timelineClasses = {
  calm: { zh: '平静', en: 'nothing happens' },
  'tap-at-once': { zh: '登录完成前就点击', en: 'tap before the login is done' },
  'old-code': { zh: '五分钟后才点击', en: 'first tap after five minutes' },
  away: { zh: '点击前切到后台', en: 'in the background before the tap' },
  'slow-login': { zh: 'wx.login 慢或没有回调', en: 'wx.login slow or lost' },
  'rotated-before': { zh: '点击前密钥被换', en: 'key replaced before the tap' },
  'rotated-in-sheet': { zh: '面板打开时密钥被换', en: 'key replaced while the sheet is open' },
  'rotated-after': { zh: '点击后、提交前密钥被换', en: 'key replaced between tap and submission' },
  'lost-answer': { zh: '请求或应答丢失', en: 'request or answer lost' },
  'server-trouble': { zh: '服务端变慢或不可用', en: 'server slow or down' },
  'wechat-trouble': { zh: '微信接口不可用', en: 'WeChat cannot be reached' },
  'refused-first': { zh: '先拒绝或取消', en: 'declined or cancelled first' },
  'privacy-gate': { zh: '隐私授权', en: 'privacy gate' },
  'double-tap': { zh: '连点两次', en: 'double tap' },
  'no-phone-code': { zh: '旧基础库，没有手机号 code', en: 'old base library without phone code' },
  'left-in-sheet': { zh: '面板打开时离开', en: 'page left while the sheet is open' },
  'left-after': { zh: '同意后立刻离开', en: 'page left right after agreeing' },
  'slow-answer': { zh: '在面板上想了五分钟以上', en: 'over five minutes in the sheet' },
  'wrong-clock': { zh: '手机时钟不准', en: 'clock of the phone is off' },
} as const satisfies Readonly<Record<string, { readonly zh: string; readonly en: string }>>

export type TimelineClass = keyof typeof timelineClasses

/** All that applies; `calm` when nothing does. */
export function classesOf(timeline: Timeline): readonly TimelineClass[] {
  const { before, sheet, after, spells, library, privacy, refusals, secondTap, clockOffMs } = timeline
  const spell = (...kinds: Spell['what'][]) => spells.some(({ what }) => kinds.includes(what))
  const has = (steps: readonly Step[], kind: Step['do']) => steps.some(step => step.do === kind)
  const holds: Record<Exclude<TimelineClass, 'calm'>, boolean> = {
    'tap-at-once': lengthOf(before) < 1000,
    'old-code': lengthOf(before) > 300_000,
    away: has(before, 'away'),
    'slow-login': spell('login-slow', 'login-lost'),
    'rotated-before': has(before, 'rotate'),
    'rotated-in-sheet': has(sheet, 'rotate'),
    'rotated-after': has(after, 'rotate'),
    'lost-answer': spell('request-lost', 'answer-lost', 'answer-silent'),
    'server-trouble': spell('server-down', 'server-slow'),
    'wechat-trouble': spell('wechat-down'),
    'refused-first': refusals.length > 0,
    'privacy-gate': library === '3.17.0' && privacy !== 'agreed-before',
    'double-tap': secondTap !== null,
    'no-phone-code': library === '2.20.0',
    'left-in-sheet': has(sheet, 'away'),
    'left-after': has(after, 'away'),
    'slow-answer': lengthOf(sheet) > 300_000,
    'wrong-clock': clockOffMs !== 0 || has(before, 'set-clock') || has(sheet, 'set-clock'),
  }
  const found = (Object.keys(holds) as Exclude<TimelineClass, 'calm'>[]).filter(name => holds[name])
  return found.length > 0 ? found : ['calm']
}

/** Milliseconds that these steps take. */
export function lengthOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + (step.do === 'wait' || step.do === 'away' ? step.ms : 0), 0)
}
