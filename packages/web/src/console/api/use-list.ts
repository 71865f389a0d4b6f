import { computed, shallowRef, watch } from 'vue'
import type { Question, Trouble } from './ask.ts'
import { askAs } from './session.ts'

/** A list that comes in pages: `next` of one answer is `after` of the next request; `first` is that of the first one. */
export function useList<A extends { readonly next: string | null }, Row>(
  path: Parameters<typeof askAs>[0],
  rowsOf: (answer: A) => readonly Row[],
  question: () => Question & { readonly first?: string } = () => ({}),
) {
  const rows = shallowRef<readonly Row[]>([])
  const next = shallowRef<string | null>(null)
  const problem = shallowRef<Trouble | null>(null)
  const loading = shallowRef(false)
  let round = 0

  async function ask(after: string | undefined): Promise<void> {
    round += 1
    const mine = round
    loading.value = true
    const { first, ...asked } = question()
    const came = await askAs<A>(path, { ...asked, query: { ...asked.query, after: after ?? first } })
    if (mine !== round) return
    loading.value = false
    problem.value = came.ok ? null : came.problem
    if (!came.ok) return
    rows.value = after === undefined ? rowsOf(came.body) : [...rows.value, ...rowsOf(came.body)]
    next.value = came.body.next
  }

  const load = () => ask(undefined)
  const more = () => (next.value === null ? Promise.resolve() : ask(next.value))
  watch(() => JSON.stringify(question()), load, { immediate: true })
  return { rows, problem, loading, hasMore: computed(() => next.value !== null), load, more }
}
