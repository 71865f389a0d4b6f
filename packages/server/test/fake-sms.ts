import type { SmsMessage, SmsOutcome, SmsProvider } from '../src/ports/sms-provider.ts'

/** A provider that keeps what it was given, and answers as it is told. Yields to other work first, as a network would. */
export function createFakeSms() {
  const sent: SmsMessage[] = []
  const next: (SmsOutcome | Error | 'never')[] = []
  const provider: SmsProvider = {
    name: 'fake',
    async send(message) {
      sent.push(message)
      await new Promise(setImmediate)
      const outcome = next.shift() ?? { status: 'sent', messageId: `message-${sent.length}` }
      if (outcome === 'never') return new Promise(() => {})
      if (outcome instanceof Error) throw outcome
      return outcome
    },
  }
  return {
    provider,
    /** Every message it was asked to send. */
    sent,
    /** The code in the latest one. */
    code: () => sent.at(-1)?.code ?? 'none',
    answerNext: (outcome: SmsOutcome | Error | 'never') => void next.push(outcome),
  }
}
