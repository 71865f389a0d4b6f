import { parseArgs } from 'node:util'
import { contestants } from './contestants.ts'
import { scenarios } from './scenarios.ts'

/** What the command line asks for, defaults filled in. */
export interface Flags {
  readonly quick: boolean
  /** Turns of every contestant in every scenario. Default 3. */
  readonly rounds: number
  /** Measured seconds of a turn. Default 4. */
  readonly seconds: number
  /** Seconds of load before the clock starts. */
  readonly warmSeconds: number
  /** Users at once. Default 64, with a slow WeChat 512. */
  readonly connections: number
  /** People who are logged in before the load starts. */
  readonly users: number
  /** Milliseconds that the WeChat stub waits before it answers. Default 0. */
  readonly upstreamMs: number
  /** Ids of scenarios and contestants; `null` for all. */
  readonly only: readonly string[] | null
  /** Whether to wait for a quiet machine and to repeat disturbed turns. */
  readonly patient: boolean
  /** Whether to run weapp-auth alone under Node's CPU profiler. */
  readonly profile: boolean
}

/** Thrown for a flag that cannot be understood. */
export class FlagProblem extends Error {
  override readonly name = 'FlagProblem'
}

const known: readonly string[] = [...scenarios, ...contestants].map(({ id }) => id)

/**
 * Reads the flags of `npm run bench`.
 *
 * @example
 * readFlags(['--only', 'login,ours,bound', '--rounds', '5'])
 */
export function readFlags(argv: readonly string[]): Flags {
  const { values } = parse(argv)
  const quick = values.quick ?? false
  const upstreamMs = readNumber('upstream-ms', values['upstream-ms'], 0, 0, 60_000)
  const connections = readNumber('connections', values.connections, usersAtOnce(quick, upstreamMs), 1, 4_096)
  const users = readNumber('users', values.users, quick ? 64 : 1_024, connections, 1_000_000)
  return {
    quick,
    rounds: readNumber('rounds', values.rounds, quick ? 1 : 3, 1, 100),
    seconds: readNumber('seconds', values.seconds, quick ? 0.3 : 4, 0.1, 3_600),
    warmSeconds: quick ? 0.1 : 1.5,
    connections,
    users,
    upstreamMs,
    only: readOnly(values.only),
    patient: values.patient ?? false,
    profile: values.profile ?? false,
  }
}

function usersAtOnce(quick: boolean, upstreamMs: number): number {
  if (quick) return 8
  return upstreamMs > 0 ? 512 : 64
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        quick: { type: 'boolean' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        connections: { type: 'string' },
        users: { type: 'string' },
        'upstream-ms': { type: 'string' },
        only: { type: 'string' },
        patient: { type: 'boolean' },
        profile: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new FlagProblem(error instanceof Error ? error.message : String(error))
  }
}

function readNumber(flag: string, text: string | undefined, fallback: number, least: number, most: number): number {
  if (text === undefined) return Math.max(fallback, least)
  const value = Number(text)
  if (value >= least && value <= most) return value
  throw new FlagProblem(`"--${flag}" must be a number from ${least} to ${most}`)
}

function readOnly(text: string | undefined): readonly string[] | null {
  if (text === undefined) return null
  const ids = text.split(',')
  const unknown = ids.filter(id => !known.includes(id))
  if (unknown.length === 0) return ids
  throw new FlagProblem(`"--only" does not know ${unknown.join(', ')}; it must be out of ${known.join(', ')}`)
}
