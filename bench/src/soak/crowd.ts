// Reads better whole: who is there, and whose turn it is for what.

import { userOf } from '../on-disk/user-of.ts'
import { phoneNumberOf } from '../world.ts'
import { type ActName, type ActTools, createActs, type Guest } from './acts.ts'

/** Of a hundred turns. */
const shares: Readonly<Record<ActName | 'returning' | 'first' | 'logOut' | 'takeBack', number>> = {
  returning: 18,
  first: 8,
  me: 26,
  phoneByCode: 8,
  phoneByData: 8,
  phoneBySms: 4,
  refresh: 10,
  introspect: 8,
  changeProfile: 5,
  logOut: 4,
  takeBack: 1,
}
type Turn = keyof typeof shares
const wheel = Object.entries(shares).flatMap(([turn, share]) => Array.from({ length: share }, () => turn as Turn))

/** Guests at most; whoever comes later takes the place of one, who just stays away. */
const places = 2_000

/**
 * The people of the soak. Each does one thing at a time, so that every answer can be foretold; memory of those who left
 * is kept for the last thousand only, that the load itself does not grow.
 */
export function createCrowd(users: number, tools: ActTools, random: () => number) {
  const { acts, logIn, logOut, takePhoneBack } = createActs(tools)
  const free: Guest[] = []
  /** Users of the file who are, or were, here: they may differ from what the file says. */
  const met = new Set<number>()
  const counts: Partial<Record<Turn, number>> = {}
  let newcomers = 0
  const withoutPhone: Guest[] = []

  const atRandom = <T>(list: T[]): T | undefined => list.splice(Math.floor(random() * list.length), 1)[0]

  function admit(guest: Guest): void {
    free.push(guest)
    if (free.length > places) atRandom(free)
  }

  async function returning(): Promise<void> {
    const n = Math.floor(random() * users)
    if (met.has(n)) return
    met.add(n)
    admit(await logIn(n, { number: phoneNumberOf(userOf(n)), nickname: null }))
  }

  async function withGuest(turn: Exclude<Turn, 'returning' | 'first'>): Promise<void> {
    const guest = atRandom(free)
    if (!guest) return returning()
    if (turn === 'logOut') return logOut(guest)
    if (turn === 'takeBack') {
      await takePhoneBack(guest)
      withoutPhone.push(guest)
      if (withoutPhone.length > places / 2) withoutPhone.shift()
      return
    }
    await acts[turn](guest)
    admit(guest)
  }

  return {
    counts,
    newcomers: () => newcomers,
    /** Whatever comes next on the wheel. */
    async turn(): Promise<void> {
      const turn = wheel[Math.floor(random() * wheel.length)] ?? 'me'
      if (turn === 'returning') await returning()
      else if (turn === 'first') admit(await logIn(users + newcomers++, null))
      else await withGuest(turn)
      counts[turn] = (counts[turn] ?? 0) + 1
    },
    /** Some log in again and must find what was stored last; those who took a number back must have none. */
    async lookAgain(count: number): Promise<number> {
      const stayed = free.slice(0, count).map(guest => logIn(guest.n, guest))
      const left = withoutPhone.slice(0, -1).slice(0, count)
      const gone = left.map(guest => logIn(guest.n, { ...guest, number: null }))
      return (await Promise.all([...stayed, ...gone])).length
    },
  }
}
