import { describe, expect, it } from 'vitest'
import { capacityOf, figures, readPage, withTable } from './capacity.mjs'

/** The formatter aligns the columns of a table. */
const unaligned = page => page.replace(/ *\| */g, '|').replace(/\|-+(?=:?\|)/g, '|-')

describe('the capacity model', () => {
  it('is what docs/capacity.md shows: `node scripts/capacity.mjs` writes it anew', () => {
    expect(unaligned(readPage())).toBe(unaligned(withTable(readPage())))
  })

  it('asks for twice as much where a login costs twice as much', () => {
    const cpuMicros = Object.fromEntries(
      Object.entries(figures.measured.cpuMicros).map(([name, micros]) => [name, 2 * micros]),
    )
    const dearer = { ...figures, measured: { ...figures.measured, cpuMicros } }
    const [now, then] = [capacityOf(1e9, figures).instances, capacityOf(1e9, dearer).instances]
    expect(then / now).toBeCloseTo(2, 1)
  })

  it('never counts on one instance where the database is a network away', () => {
    for (let users = 1e6; users <= 1e8; users *= 1.3) {
      const { database, instances } = capacityOf(users, figures)
      expect(instances).toBeGreaterThanOrEqual(database === 'SQLite' ? 1 : 2)
    }
  })

  it('shards by the disk when there are so many users that one primary cannot hold them', () => {
    const small = { ...figures, assumed: { ...figures.assumed, diskPerPrimaryGb: 10 } }
    expect(capacityOf(1e8, small).primaries).toBeGreaterThan(capacityOf(1e8, figures).primaries)
  })
})
