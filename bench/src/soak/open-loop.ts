/** What an open loop did. */
export interface Paced {
  readonly turns: number
  /** Turns that were not begun because too many were under way. */
  readonly skipped: number
  readonly failures: readonly string[]
}

/** So many under way at most: a server that stands still must not fill the memory of the load. */
const mostUnderWay = 256

/** Open arrival: begins `perSecond` turns a second, however long each takes, until the time is up. */
export async function openLoop(perSecond: number, seconds: number, turn: () => Promise<void>): Promise<Paced> {
  const failures: string[] = []
  const underWay = new Set<Promise<void>>()
  const start = performance.now()
  let [turns, skipped] = [0, 0]
  const begin = () => {
    if (underWay.size >= mostUnderWay) return void skipped++
    turns++
    const one: Promise<void> = turn()
      .catch((error: unknown) => {
        if (failures.length < 20) failures.push(error instanceof Error ? error.message : String(error))
      })
      .finally(() => underWay.delete(one))
    underWay.add(one)
  }
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
    while (turns + skipped < elapsed * perSecond) begin()
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  await Promise.all(underWay)
  return { turns, skipped, failures }
}
