import type { PrivacyAnswer, PrivacyHost, PrivacyListener } from '../consent/privacy-host.ts'
import type { FakeClock } from './fake-clock.ts'

/** What came of a call that needs personal data; `silent`: refused within ten seconds after a refusal, nobody was asked. */
export type GateOutcome = 'goes on' | 'refused' | 'silent'

/** WeChat's gate before personal data: one listener, the last one; calls wait for an answer. */
export interface PrivacyGate {
  needAuthorization: boolean
  /** How often `getPrivacySetting` was called. */
  asked: number
  /** Everything that was said to the calls that waited. */
  readonly answers: readonly PrivacyAnswer[]
  readonly host: PrivacyHost
  /** Pending until somebody answers. */
  call(referrer?: string): Promise<GateOutcome>
}

const silenceMs = 10_000

export function createPrivacyGate(clock: FakeClock): PrivacyGate {
  let listener: PrivacyListener | null = null
  let refusedAt = Number.NEGATIVE_INFINITY
  const answers: PrivacyAnswer[] = []
  type Success = { success(result: object): void }
  const host = {
    getPrivacySetting({ success }: Success) {
      gate.asked++
      success({ needAuthorization: gate.needAuthorization, privacyContractName: '《茶馆隐私保护指引》' })
    },
    openPrivacyContract: ({ success }: Success) => success({}),
    onNeedPrivacyAuthorization(next: PrivacyListener) {
      listener = next
    },
  }
  const gate: PrivacyGate = {
    needAuthorization: true,
    asked: 0,
    answers,
    host,
    call(referrer = 'button.chooseAvatar') {
      const sinceRefusal = clock.now() - refusedAt
      if (!gate.needAuthorization) return Promise.resolve('goes on')
      if (sinceRefusal >= 0 && sinceRefusal < silenceMs) return Promise.resolve('silent')
      return new Promise(resolve => {
        const answered = (answer: PrivacyAnswer) => {
          answers.push(answer)
          if (answer.event === 'agree') gate.needAuthorization = false
          if (answer.event === 'disagree') refusedAt = clock.now()
          if (answer.event !== 'exposureAuthorization') resolve(answer.event === 'agree' ? 'goes on' : 'refused')
        }
        listener?.(answered, { referrer })
      })
    },
  }
  return gate
}
