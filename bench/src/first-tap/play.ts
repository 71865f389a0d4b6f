import type { PhoneDecision, PhoneEventDetail, WxRuntime } from '@weapp-auth/emulator'
import type { Assumption } from './assumptions.ts'
import { restartAfterMs } from './oracle.ts'
import type { Page, Running, Strategy } from './strategy.ts'
import type { Step, Timeline } from './timeline.ts'
import { isRight, type Truth, type Word } from './words.ts'
import { createWorld, expectedNumber, type Fact, type World } from './world.ts'

/** What came of one timeline with one strategy. */
export interface Play {
  /** The page said that the number is bound, and it was, before the person had to tap a second time. */
  readonly firstTap: boolean
  /** Taps until then, counted from the first sheet that was agreed to; null when the person gave up. */
  readonly taps: number | null
  readonly wrongWords: readonly Word[]
  /** Taps after which the page said nothing at all. */
  readonly silentTaps: number
  readonly upstreamCalls: number
  readonly paidCalls: number
  readonly facts: readonly Fact[]
}

const mostTaps = 5
const destroyAfterMs = 1_800_000

/** Plays a timeline: the person, the phone, the network and WeChat around one strategy. */
export function play(timeline: Timeline, assumption: Assumption, strategy: Strategy): Promise<Play> {
  const world = createWorld(timeline, assumption)
  const person = createPerson(world, timeline, strategy.start(world.tools))
  return world.time.play(person).finally(world.close)
}

interface Launch {
  readonly runtime: WxRuntime
  readonly page: Page
}

/** The script that the person follows. */
function createPerson(world: World, timeline: Timeline, running: Running): () => Promise<Play> {
  const { time } = world
  const wrongWords: Word[] = []
  let launch: Launch
  let truth: Pick<Truth, 'answer' | 'tappedTwice'> = { answer: 'agreed', tappedTwice: false }
  let spoken: { readonly word: Word; readonly at: number } | null = null
  let done = false

  const isBound = () => running.bound() === expectedNumber

  function hear(word: Word) {
    spoken = { word, at: time.now() }
    if (!isRight(word, { ...truth, bound: isBound(), trouble: world.hadTrouble() })) wrongWords.push(word)
    if (word === 'done') done = true
  }

  function open() {
    const { phone, runtime } = world.open(running.fetch, hear)
    launch = { runtime, page: running.open(phone) }
    runtime.show()
    world.note({ what: 'launched', at: time.now() })
  }

  function close() {
    world.end(launch.runtime)
    world.note({ what: 'ended', at: time.now() })
  }

  async function follow(steps: readonly Step[], reopens = true) {
    for (const step of steps) {
      if (step.do === 'wait') await time.wait(step.ms)
      else if (step.do === 'rotate') world.rotate(step.by, launch.runtime)
      else if (step.do === 'set-clock') world.setClock(step.ms)
      else await goAway(step.ms, reopens)
    }
  }

  async function goAway(ms: number, reopens: boolean) {
    launch.runtime.hide()
    world.note({ what: 'away', at: time.now() })
    await time.wait(ms)
    if (ms < destroyAfterMs) {
      launch.runtime.show()
      world.note({ what: 'back', at: time.now() })
    } else {
      world.note({ what: 'ended', at: time.now() })
      if (reopens) open()
    }
  }

  /** Taps and answers the sheet; resolves when the page has the event, or the launch is over. */
  async function tap(answer: 'deny' | 'cancel' | 'allow', inSheet: () => Promise<void>) {
    const { page, runtime } = launch
    const detail = await new Promise<PhoneEventDetail | null>(resolve => {
      runtime.decide(async (): Promise<PhoneDecision> => {
        world.note({ what: 'sheet-opened', at: time.now() })
        await inSheet()
        if (runtime.life.state !== 'destroyed') return { decision: answer }
        resolve(null)
        return { decision: 'never' }
      })
      page.tapped?.()
      runtime.tapPhoneButton().then(resolve)
    })
    if (detail) page.phone({ detail })
  }

  async function refuse(answer: 'deny' | 'cancel') {
    truth = { answer, tappedTwice: false }
    await tap(answer, () => time.wait(1000))
    await time.wait(timeline.readsMs)
  }

  async function refusePrivacy() {
    truth = { answer: 'privacy-refused', tappedTwice: false }
    launch.runtime.decideDialog('privacy', { decision: 'deny' })
    await tap('allow', async () => {})
    launch.runtime.decideDialog('privacy', undefined)
    // Within ten seconds WeChat would not ask again.
    await time.wait(10_000 + timeline.readsMs)
  }

  /** The impatient second tap; the page gets an event of its own. */
  async function tapTwice({ page, runtime }: Launch, ms: number) {
    await time.wait(ms)
    if (done || !page.canTap() || runtime.life.state !== 'foreground') return
    page.tapped?.()
    const detail = await runtime.tapPhoneButton()
    if (runtime.life.state === 'foreground') page.phone({ detail })
  }

  /** The sheet that the person agrees to, with all that happens around it. */
  async function agreeFirst() {
    const { secondTap } = timeline
    truth = { answer: 'agreed', tappedTwice: secondTap !== null }
    const before = launch
    if (secondTap?.during === 'sheet') tapTwice(before, secondTap.afterMs)
    await tap('allow', () => follow(timeline.sheet))
    world.begin('event')
    if (launch === before) world.note({ what: 'event', at: time.now() })
    launch.runtime.decide({ decision: 'allow' })
    if (secondTap?.during === 'submission') tapTwice(launch, secondTap.afterMs)
    await follow(timeline.after)
  }

  async function agreeAgain() {
    truth = { answer: 'agreed', tappedTwice: false }
    await tap('allow', () => time.wait(1500))
  }

  /** Waits in front of the page as people do. */
  async function lookAtPage(): Promise<'done' | 'tap' | 'restart'> {
    const from = time.now()
    for (;;) {
      const waited = time.now() - from
      const heard: { readonly at: number } | null = spoken
      if (done) return 'done'
      if (!launch.page.canTap()) {
        if (waited >= restartAfterMs) return 'restart'
      } else if (heard ? time.now() - heard.at >= timeline.readsMs : waited >= timeline.patienceMs) return 'tap'
      await time.wait(1000)
    }
  }

  async function launchesBefore(ms: number) {
    open()
    await time.wait(5000)
    close()
    await time.wait(ms)
  }

  return async () => {
    if (timeline.earlierMs !== null) await launchesBefore(timeline.earlierMs)
    world.begin('launch')
    open()
    await follow(timeline.before)
    let silentTaps = 0
    const heardNothing = () => {
      if (spoken === null) silentTaps += 1
      spoken = null
    }
    if (timeline.library === '3.17.0' && timeline.privacy === 'refuses-first') {
      await refusePrivacy()
      heardNothing()
    }
    for (const refusal of timeline.refusals) {
      await refuse(refusal)
      heardNothing()
    }
    let taps = 1
    await agreeFirst()
    for (let next = await lookAtPage(); next !== 'done' && taps < mostTaps; next = await lookAtPage()) {
      heardNothing()
      if (next === 'restart') {
        close()
        open()
        await time.wait(5000)
      }
      taps += 1
      await agreeAgain()
    }
    const succeeded = done && isBound()
    return {
      firstTap: succeeded && taps === 1,
      taps: succeeded ? taps : null,
      wrongWords,
      silentTaps,
      upstreamCalls: world.upstreamCalls(),
      paidCalls: world.paidCalls(),
      facts: world.facts,
    }
  }
}
