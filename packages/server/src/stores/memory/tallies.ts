import { limits } from '../../domain/limits.ts'
import type { Tally, TallyStore } from '../../ports/tally-store.ts'

/** Counts for funnel and cost. */
export function createTallies() {
  const rows = new Map<string, Tally>()

  const store: TallyStore = {
    async addTallies(tallies) {
      for (const tally of tallies) {
        const place = JSON.stringify([tally.unit, tally.at, tally.appId, tally.name])
        rows.set(place, { ...tally, count: tally.count + (rows.get(place)?.count ?? 0) })
      }
    },
    async talliesOf({ unit, from, to, appId, kind }) {
      const meant = (row: Tally) =>
        row.unit === unit &&
        row.at >= from &&
        row.at < to &&
        (appId === null || row.appId === appId) &&
        row.name.startsWith('time ') === (kind === 'times')
      return [...rows.values()].filter(meant).sort(inOrder)
    },
  }

  return {
    store,
    /** Answers how many went. */
    sweep(now: number): number {
      const kept = { hour: limits.hourTally, day: limits.tally }
      const past = [...rows].filter(([, { at, unit }]) => at <= now - kept[unit])
      for (const [place] of past) rows.delete(place)
      return past.length
    },
  }
}

function inOrder(a: Tally, b: Tally): number {
  return a.at - b.at || compare(a.appId, b.appId) || compare(a.name, b.name)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
