import type { Sentence } from '@weapp-auth/protocol/contract'
import type { JournalStep } from './journal-step.ts'
import { sideNames } from './side-names.ts'
import { tellTime } from './tell-time.ts'

/** The journal as plain text, for an issue or a message: one line a step, cause and facts below it. */
export function journalText(steps: readonly JournalStep[], language: keyof Sentence): string {
  return steps.map(step => tell(step, language)).join('\n')
}

function tell({ at, side, what, text, cause, facts, mood }: JournalStep, language: keyof Sentence): string {
  const sign = { fine: ' ', declined: '-', failed: '!' }[mood]
  const details = Object.entries(facts).map(([name, value]) => `${name}=${String(value).replaceAll('\n', '; ')}`)
  return [
    `${sign} ${tellTime(at)}  ${sideNames[side][language]}  ${what}  ${text[language]}`,
    ...(cause ? [`      → ${cause[language]}`] : []),
    ...(details.length > 0 ? [`      ${details.join('  ')}`] : []),
  ].join('\n')
}
