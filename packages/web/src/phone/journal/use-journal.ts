import { computed, onUnmounted, type Ref, ref, shallowRef } from 'vue'
import type { JournalStep } from './journal-step.ts'
import { readJournalLine } from './read-journal-line.ts'

/** More steps than this make the page slow; the oldest are dropped. */
const KEPT = 500

export interface Journal {
  readonly steps: Readonly<Ref<readonly JournalStep[]>>
  /** Whether the stream is open. */
  readonly live: Readonly<Ref<boolean>>
  /** Hides what is there now; what happens later is shown. */
  readonly clear: () => void
}

/** Follows the journal of the dev server, which first replays what happened before. */
export function useJournal(url: string): Journal {
  const all = shallowRef<readonly JournalStep[]>([])
  const cleared = shallowRef<ReadonlySet<string>>(new Set())
  const live = ref(false)
  const stream = new EventSource(url)

  stream.addEventListener('open', () => {
    live.value = true
  })
  stream.addEventListener('error', () => {
    live.value = false
  })
  stream.addEventListener('message', ({ data }) => {
    const step = readJournalLine(data)
    if (all.value.some(known => known.key === step.key)) return
    all.value = [...all.value, step].slice(-KEPT)
  })
  onUnmounted(() => stream.close())

  return {
    live,
    steps: computed(() => all.value.filter(step => !cleared.value.has(step.key))),
    clear: () => {
      cleared.value = new Set(all.value.map(step => step.key))
    },
  }
}
