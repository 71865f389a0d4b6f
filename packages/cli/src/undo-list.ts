/** What must be undone, the latest first: when a start fails half-way, and when it is time to stop. */
export interface UndoList {
  add(undo: () => unknown): void
  /** Runs everything, also after a failure; throws the first one at the end. */
  run(): Promise<void>
}

export function createUndoList(): UndoList {
  const undos: (() => unknown)[] = []
  return {
    add: undo => void undos.push(undo),
    async run() {
      const failures: unknown[] = []
      for (const undo of undos.splice(0).reverse()) {
        try {
          await undo()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
