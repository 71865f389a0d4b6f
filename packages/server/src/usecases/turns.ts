/** Runs work one after the other for each key, whatever becomes of the work before. */
type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>

/**
 * @example
 * const inTurn = createTurns()
 * await inTurn(userId, tryOneKey)
 */
export function createTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work)
    last.set(key, turn)
    try {
      return await turn
    } finally {
      if (last.get(key) === turn) last.delete(key)
    }
  }
}
