import type { Sentence } from '@weapp-auth/protocol/contract'
import type { JournalStep, Mood } from './journal-step.ts'

export type GroupKind = 'launch' | 'login' | 'tap' | 'logout' | 'you' | 'other'

/** Steps that belong together: one launch, one tap, what you did. In order of time. */
export interface JournalGroup {
  /** Key of the first step. */
  readonly key: string
  readonly kind: GroupKind
  readonly steps: readonly JournalStep[]
  /** The worst mood of the steps. */
  readonly mood: Mood
  /** From the first to the last step, by the emulator's clock. */
  readonly durationMs: number
}

export const groupTitles: Readonly<Record<GroupKind, Sentence>> = {
  launch: { zh: '小程序启动', en: 'Mini program starts' },
  login: { zh: '静默登录', en: 'Silent login' },
  tap: { zh: '点击授权手机号', en: 'Tap on the phone button' },
  logout: { zh: '退出登录', en: 'Log out' },
  you: { zh: '你的操作', en: 'What you did' },
  other: { zh: '其他请求', en: 'Other requests' },
}

/** A step that comes later than this after the one before starts a group of its own. */
const PAUSE_MS = 3000

/** Groups the steps as they came; each group stays where it began when more steps arrive. */
export function groupJournal(steps: readonly JournalStep[]): readonly JournalGroup[] {
  const groups: { kind: GroupKind; steps: JournalStep[] }[] = []
  for (const step of steps) {
    const current = groups.at(-1)
    const kind = kindOf(step, current)
    if (current && kind === undefined) current.steps.push(step)
    else groups.push({ kind: kind ?? 'other', steps: [step] })
  }
  return groups.map(({ kind, steps }) => ({
    key: steps[0]?.key ?? '',
    kind,
    steps,
    mood: worst(steps),
    durationMs: (steps.at(-1)?.at ?? 0) - (steps[0]?.at ?? 0),
  }))
}

/** The kind of the group that the step begins; `undefined` when it continues the current one. */
function kindOf(
  step: JournalStep,
  current: { readonly kind: GroupKind; readonly steps: readonly JournalStep[] } | undefined,
): GroupKind | undefined {
  const { what, side } = step
  if (what === 'app-launch') return 'launch'
  if (what === 'phone-sheet-opened' || what === 'phone-sheet-refused') return 'tap'
  if (what === 'session' && step.facts.reason === 'logout') return 'logout'
  if (current?.kind === 'tap' && isUnanswered(current.steps)) return undefined
  if (side === 'you') return current?.kind === 'you' ? undefined : 'you'
  const before = current?.steps.at(-1)
  const paused = before !== undefined && step.at - before.at > PAUSE_MS
  if (current && current.kind !== 'you' && !paused) return undefined
  return what === 'wx.login' ? 'login' : 'other'
}

/** A person may look at the sheet for minutes, and you may move the clock meanwhile; it all belongs to the tap. */
function isUnanswered(steps: readonly JournalStep[]): boolean {
  return steps.filter(({ what }) => what.startsWith('phone-sheet-')).at(-1)?.what === 'phone-sheet-opened'
}

function worst(steps: readonly JournalStep[]): Mood {
  if (steps.some(step => step.mood === 'failed')) return 'failed'
  return steps.some(step => step.mood === 'declined') ? 'declined' : 'fine'
}
