import fc from 'fast-check'
import { expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { launch } from '../testing/launch.ts'
import { createPrivacyGate, type GateOutcome } from '../testing/privacy-gate.ts'
import { type Consent, createConsent } from './create-consent.ts'
import type { PrivacyAnswer } from './privacy-host.ts'

/* The model of the third table in docs/client-states.md: calls, dialogs, a listener of the app and the clock in any order. */

type Step =
  | { readonly do: 'call' | 'agree' | 'decline' | 'check' | 'may-ask' | 'listen' | 'answer-agree' | 'answer-disagree' }
  | { readonly do: 'forget' | 'restart' | 'fill-storage' }
  | { readonly do: 'advance' | 'shift'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc
      .constantFrom<Exclude<Step['do'], 'advance' | 'shift'>>(
        'call',
        'call',
        'agree',
        'decline',
        'check',
        'may-ask',
        'listen',
        'answer-agree',
        'answer-disagree',
        'forget',
        'restart',
        'fill-storage',
      )
      .map(name => ({ do: name })),
    weight: 5,
  },
  {
    arbitrary: fc.record({
      do: fc.constantFrom('advance' as const, 'shift' as const),
      ms: fc.constantFrom(1, 9999, 10_000, 3_600_000, 86_400_000, -60_000),
    }),
    weight: 2,
  },
)

const dayMs = 86_400_000

async function createWorld() {
  const phone = createFakePhone()
  let gate = createPrivacyGate(phone.clock)
  let consent: Consent
  let pending = new Set<Promise<GateOutcome>>()
  let asked = 0
  let declinedAt: number | null = null
  let remembered: number | null = null
  let onDevice: number | null = null
  let listenerAnswers: ((answer: PrivacyAnswer) => void)[] = []

  async function start(): Promise<void> {
    const { needAuthorization } = gate
    gate = createPrivacyGate(phone.clock)
    gate.needAuthorization = needAuthorization
    pending = new Set()
    declinedAt = null
    remembered = onDevice
    asked = 0
    listenerAnswers = []
    consent = createConsent({ auth: await launch(phone), host: gate.host })
  }

  function declined() {
    declinedAt = phone.clock.now()
    remembered = declinedAt
    if (!phone.storageFull) onDevice = declinedAt
  }

  const within = (since: number | null, ms: number) => {
    const age = since === null ? -1 : phone.clock.now() - since
    return age >= 0 && age < ms
  }

  async function take(step: Step): Promise<void> {
    switch (step.do) {
      case 'call': {
        const call = gate.call()
        pending.add(call)
        call.then(() => pending.delete(call))
        break
      }
      case 'agree':
        // The platform knows of the tap before the app does.
        gate.needAuthorization = false
        await consent.agree('agree')
        break
      case 'decline':
        declined()
        consent.decline()
        break
      case 'check': {
        asked++
        const { step } = await consent.check()
        const waits = pending.size > 0
        expect(step).toBe(
          waits ? 'asking' : !gate.needAuthorization ? 'agreed' : within(declinedAt, 10_000) ? 'declined' : 'needed',
        )
        break
      }
      case 'may-ask': {
        asked++
        const waits = pending.size > 0
        const may = await consent.mayAsk('privacy')
        if (waits || !gate.needAuthorization || within(declinedAt, 10_000)) expect(may).toBe(false)
        else expect(may).toBe(!within(remembered, dayMs))
        break
      }
      case 'listen':
        gate.host.onNeedPrivacyAuthorization?.(((resolve: (answer: PrivacyAnswer) => void) => {
          listenerAnswers.push(resolve)
        }) as never)
        break
      case 'answer-agree':
      case 'answer-disagree': {
        const answer = listenerAnswers.pop()
        if (!answer) break
        const agrees = step.do === 'answer-agree'
        // An answer to a call that was answered before is none.
        if (pending.size > 0 && agrees) gate.needAuthorization = false
        else if (pending.size > 0) declined()
        const before = consent.state()
        const stale = pending.size === 0
        answer(agrees ? { event: 'agree', buttonId: 'of-the-app' } : { event: 'disagree' })
        if (stale) expect(consent.state()).toBe(before)
        break
      }
      case 'forget':
        // Removed from the recent ones, or the guideline names a new kind of data.
        if (pending.size === 0) gate.needAuthorization = true
        break
      case 'restart':
        await start()
        break
      case 'fill-storage':
        phone.storageFull = true
        break
      case 'advance':
        await phone.clock.advance(Math.abs(step.ms))
        break
      case 'shift':
        phone.clock.shift(step.ms)
        break
    }
    await settle()
    check()
  }

  function check() {
    const { step } = consent.state()
    expect(step === 'asking', 'asking exactly while calls wait').toBe(pending.size > 0)
    expect(gate.asked, 'WeChat is asked at need only').toBe(asked)
    const exposed = gate.answers.filter(({ event }) => event === 'exposureAuthorization').length
    expect(gate.answers.length - exposed, 'one answer for each call that waited').toBe(exposed - pending.size)
  }

  await start()
  return { take }
}

const runs = process.env.WEAPP_AUTH_LONG ? 5000 : 300

test('in any order every call that waits gets one answer, and nobody is nagged', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 40 }), async steps => {
      const world = await createWorld()
      for (const one of steps) await world.take(one)
    }),
    { numRuns: runs },
  )
}, 600_000)
