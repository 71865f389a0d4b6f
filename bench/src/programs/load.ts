/** The load: one process that plays all users of one turn against one server. Started anew for every turn. */
import { closedLoop } from '../load/closed-loop.ts'
import { openLoop, type Phase } from '../load/open-loop.ts'
import { createSerial, loginExchange, meExchange, newPerson } from '../load/people.ts'
import { type PlayerName, players, type Slice, tappers } from '../load/players.ts'
import { serveCommands } from './serve-commands.ts'

/** What one run of the load saw. */
export interface RunResult {
  readonly answers: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** How many correct answers of each kind the load got in all, to be held against the counters of the WeChat stub. */
export type Tally = Record<PlayerName, number>

const tally: Tally = {
  login: 0,
  phoneByCode: 0,
  phoneChanged: 0,
  phoneUnchanged: 0,
  me: 0,
  refresh: 0,
  introspect: 0,
}
let serial = createSerial()
let port = 0
let slices: Slice[] = []

interface Preparation {
  readonly port: number
  readonly connections: number
  /** How many people log in, so many for each connection. */
  readonly users: number
  /** Whether they share a phone number as well. */
  readonly withPhone: boolean
  /** Where its users begin, when another load plays on the same data. Default 0. */
  readonly firstSerial?: number
}

async function prepare(input: Preparation): Promise<void> {
  port = input.port
  serial = createSerial(input.firstSerial)
  const each = Math.ceil(input.users / input.connections)
  slices = Array.from({ length: input.connections }, () => ({ people: [], at: 0, taps: [], tapped: 0 }))
  const next = (connection: number) => {
    const people = slices[connection]?.people
    if (!people || people.length === each) return null
    const person = newPerson(serial())
    people.push(person)
    return loginExchange(person, person.user, true)
  }
  tally.login += (await closedLoop(port, slices.length, next, 1)).answers
  if (input.withPhone) await run({ player: 'phoneChanged', seconds: 3_600, most: each * input.connections })
}

/** Makes the taps of the next run beforehand. */
function tap(input: { readonly player: PlayerName; readonly count: number }) {
  const tapper = tappers[input.player]
  if (!tapper) return
  for (const slice of slices) {
    slice.taps = slice.taps.slice(slice.tapped)
    slice.tapped = 0
    while (slice.taps.length < input.count / slices.length) slice.taps.push(tapper(slice, serial))
  }
}

/** Plays until the time is up, or until every connection has sent its part of `most` requests. */
async function run(input: {
  readonly player: PlayerName
  readonly seconds: number
  readonly most?: number
}): Promise<RunResult> {
  const until = performance.now() + input.seconds * 1000
  const left = slices.map(() => (input.most ?? Number.POSITIVE_INFINITY) / slices.length)
  const player = players[input.player]
  const { answers, seconds, latencies } = await closedLoop(port, slices.length, connection => {
    const slice = slices[connection]
    const rest = left[connection] ?? 0
    if (!slice || rest < 1 || performance.now() > until) return null
    left[connection] = rest - 1
    return player(slice, serial)
  })
  tally[input.player] += answers
  latencies.sort()
  const quantile = (share: number) => (latencies[Math.floor((answers - 1) * share)] ?? 0) / 1000
  return { answers, seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) }
}

/** Requests at fixed times, however the server fares. Nothing but the status of an answer is looked at. */
function open(input: { readonly player: PlayerName; readonly phases: readonly Phase[]; readonly connections: number }) {
  const player = players[input.player]
  const none: Slice = { people: [], at: 0, taps: [], tapped: 0 }
  const next = (connection: number) => player(slices[connection % slices.length] ?? none, serial)
  return openLoop(port, input.connections, input.phases, next)
}

/** After the load: one person of each connection logs in again and must find what was stored last. */
async function verify(): Promise<Tally> {
  const steps = slices.map(() => 0)
  const { answers } = await closedLoop(
    port,
    slices.length,
    connection => {
      const person = slices[connection]?.people[0]
      const step = steps[connection] ?? 2
      if (!person || step === 2) return null
      steps[connection] = step + 1
      return step === 0 ? loginExchange(person, serial(), false) : meExchange(person)
    },
    1,
  )
  tally.login += answers / 2
  return tally
}

serveCommands({}, { prepare, tap, run, open, verify })
