/** `npm run bench:first-tap`: random timelines, the strategies of the source documents, and weapp-auth beside them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { commitNote } from '../machine.ts'
import { FlagProblem } from '../read-flags.ts'
import { assumptions } from './assumptions.ts'
import { drawFirstTap } from './draw-first-tap.ts'
import { firstTapReport } from './first-tap-report.ts'
import { drawTimelines } from './life.ts'
import { measureInThreads } from './measure.ts'
import { play } from './play.ts'
import { strategies } from './strategies/index.ts'

/**
 * Plays, keeps the tables in `bench/results` and the plot in `docs`, and answers the tables. `--quick` keeps nothing;
 * `--show 17` tells one timeline and what came of it; `--seed` and `--timelines` choose others.
 *
 * @param home folder of the bench
 */
export async function benchFirstTap(home: string, argv: readonly string[]): Promise<string> {
  const { seed, count, show, quick } = readFirstTapFlags(argv)
  if (show !== null) return tell(seed, count, show)
  const startedAt = performance.now()
  const outcomes = await measureInThreads(seed, count)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  const today = new Date().toISOString().slice(0, 10)
  const heading = `weapp-auth bench:first-tap, ${today}${commitNote(home)}: ${count} timelines of seed ${seed} under ${assumptions.length} assumptions, ${strategies.length} strategies.`
  const report = `${heading}\n\n${firstTapReport(outcomes)}`
  if (quick) return `${report}\n(${seconds} s, nothing kept)`
  mkdirSync(join(home, 'results'), { recursive: true })
  writeFileSync(join(home, 'results', `${today}-first-tap.txt`), report)
  writeFileSync(join(home, '..', 'docs', 'first-tap.svg'), drawFirstTap(outcomes))
  return `${report}\n(${seconds} s; written to bench/results/${today}-first-tap.txt and docs/first-tap.svg)`
}

function readFirstTapFlags(argv: readonly string[]) {
  const { values } = parseArgs({
    args: argv.filter(flag => flag !== '--first-tap'),
    options: {
      quick: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      timelines: { type: 'string' },
      show: { type: 'string' },
    },
  })
  const { quick, seed, show } = values
  const count = whole('timelines', values.timelines ?? (quick ? '60' : '1000'))
  return { quick, seed: whole('seed', seed), count, show: show === undefined ? null : whole('show', show) }
}

function whole(flag: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new FlagProblem(`"--${flag}" must be a whole number`)
}

/** One timeline in full. */
async function tell(seed: number, count: number, number: number): Promise<string> {
  const timeline = drawTimelines(seed, count)[number]
  if (!timeline) throw new FlagProblem(`"--show" must be less than ${count}`)
  const lines = [JSON.stringify(timeline, null, 1)]
  for (const assumption of assumptions) {
    lines.push(assumption.title.en)
    for (const strategy of strategies) {
      const { firstTap, taps, wrongWords, silentTaps, paidCalls } = await play(timeline, assumption, strategy)
      lines.push(`  ${strategy.id}: ${JSON.stringify({ firstTap, taps, wrongWords, silentTaps, paidCalls })}`)
    }
  }
  return lines.join('\n')
}
