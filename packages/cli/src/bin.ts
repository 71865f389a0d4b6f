#!/usr/bin/env node
/** The process: the only place that reads its environment, listens to its signals and ends it. */
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { exitCodes } from './exit-codes.ts'
import { nodeVersionProblem } from './node-version.ts'

const problem = nodeVersionProblem(process.versions.node)
if (problem !== null) {
  console.error(problem)
  process.exit(exitCodes.config.code)
}

// Loaded only now: what it imports may not even parse on an old Node.
const { runCommand } = await import('./run-command.ts')

/** A terminal sends Ctrl+C to us and to the npm around us, which sends it on: repetitions that close are the same wish. */
const sameWishMs = 1000

const stopped = new Promise<'SIGINT' | 'SIGTERM'>(resolve => {
  let askedAt = Number.POSITIVE_INFINITY
  const ask = (signal: 'SIGINT' | 'SIGTERM') => {
    if (performance.now() - askedAt > sameWishMs) process.exit(signal === 'SIGINT' ? 130 : 143)
    askedAt = Math.min(askedAt, performance.now())
    resolve(signal)
  }
  process.on('SIGINT', ask).on('SIGTERM', ask)
})

process.exitCode = await runCommand(process.argv.slice(2), {
  env: process.env,
  out: lines => process.stdout.write(`${lines}\n`),
  err: lines => process.stderr.write(`${lines}\n`),
  readInput: async () => (await text(process.stdin)).split('\n')[0] ?? '',
  onHangUp: run => void process.on('SIGHUP', run),
  untilStopped: () => stopped,
  pause: ms => setTimeout(ms),
})
