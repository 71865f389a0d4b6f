import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { assumptions } from './assumptions.ts'
import { drawTimelines } from './life.ts'
import { couldSucceed } from './oracle.ts'
import { type Play, play } from './play.ts'
import { strategies } from './strategies/index.ts'
import { classesOf, type Timeline, type TimelineClass } from './timeline.ts'

/** Which timelines of the drawn ones are played: number `first`, and every `step`-th after it. */
export interface Share {
  readonly seed: number
  /** How many are drawn. */
  readonly count: number
  readonly first: number
  readonly step: number
}

/** One timeline under one assumption, by everybody. */
export interface Outcome {
  /** Place among the drawn timelines. */
  readonly number: number
  readonly assumption: string
  readonly classes: readonly TimelineClass[]
  /** Whether anybody could have done it with one tap. */
  readonly possible: boolean
  /** The same for a server that believes a ciphertext which WeChat did not confirm. */
  readonly possibleUnconfirmed: boolean
  readonly plays: Readonly<Record<string, Omit<Play, 'facts'>>>
}

/** Plays each timeline of the share under each assumption with each strategy. */
export async function measure({ seed, count, first, step }: Share): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [number, timeline] of drawTimelines(seed, count).entries())
    if (number % step === first)
      for (const assumption of assumptions) outcomes.push(await outcomeOf(number, timeline, assumption))
  return outcomes
}

async function outcomeOf(number: number, timeline: Timeline, assumption: (typeof assumptions)[number]) {
  const plays: Record<string, Omit<Play, 'facts'>> = {}
  let seen: Play['facts'] = []
  for (const strategy of strategies) {
    const { facts, ...own } = await play(timeline, assumption, strategy)
    plays[strategy.id] = own
    seen = facts
  }
  return {
    number,
    assumption: assumption.id,
    classes: classesOf(timeline),
    possible: couldSucceed(timeline, assumption, seen),
    possibleUnconfirmed: couldSucceed(timeline, assumption, seen, 'anything'),
    plays,
  }
}

/** The same on all cores: one thread each. */
export async function measureInThreads(seed: number, count: number): Promise<readonly Outcome[]> {
  const step = Math.min(4, availableParallelism())
  const shares = Array.from({ length: step }, (_, first) => inThread({ seed, count, first, step }))
  return (await Promise.all(shares)).flat().sort((a, b) => a.number - b.number)
}

function inThread(share: Share): Promise<readonly Outcome[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./measure-thread.js', import.meta.url), { workerData: share })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}
