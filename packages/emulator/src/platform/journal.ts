import type { EmulatorClock, JournalEntry } from '../types.ts'

/** What a writer knows about an entry; number and time are added. */
type JournalNote = Omit<JournalEntry, 'id' | 'at' | 'facts'> & { readonly facts?: JournalEntry['facts'] }

/** All that happened, in order. */
export interface Journal {
  add(note: JournalNote): void
  /** Entries with a greater `id` than `after` (default 0); the oldest are forgotten beyond the limit. */
  entries(after?: number): readonly JournalEntry[]
  /** Calls `listener` with each new entry. Returns what ends it. */
  subscribe(listener: (entry: JournalEntry) => void): () => void
  /** Forgets the entries; the numbers go on, so that a reader who asks for what is new misses nothing. */
  clear(): void
}

/** Keeps the last `limit` entries. */
export function createJournal(clock: EmulatorClock, limit = 1000): Journal {
  let kept: JournalEntry[] = []
  let count = 0
  const listeners = new Set<(entry: JournalEntry) => void>()
  return {
    add({ facts = {}, ...note }) {
      count += 1
      const entry: JournalEntry = { id: count, at: clock.now(), ...note, facts }
      kept.push(entry)
      // Trimmed in steps: moving the whole list for each entry would cost more than the entry.
      if (kept.length >= limit * 2) kept = kept.slice(-limit)
      for (const listener of listeners) listener(entry)
    },
    entries: (after = 0) => kept.slice(-limit).filter(entry => entry.id > after),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    clear() {
      kept = []
    },
  }
}
