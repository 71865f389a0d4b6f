import { onScopeDispose, type ShallowRef, shallowRef, watch } from 'vue'
import type { Question, Trouble } from './ask.ts'
import { askAs } from './session.ts'

export interface Loaded<T> {
  /** The latest answer; it stays while the next one is on its way. */
  readonly answer: Readonly<ShallowRef<T | null>>
  readonly problem: Readonly<ShallowRef<Trouble | null>>
  readonly loading: Readonly<ShallowRef<boolean>>
  /** Asks again. */
  load(): Promise<void>
}

/** Asks when the page opens and whenever the question changes; of two answers under way the later question's counts. */
export function useAnswer<T>(path: Parameters<typeof askAs>[0], question: () => Question = () => ({})): Loaded<T> {
  const answer = shallowRef<T | null>(null)
  const problem = shallowRef<Trouble | null>(null)
  const loading = shallowRef(false)
  let latest: AbortController | null = null

  async function load(): Promise<void> {
    latest?.abort()
    const mine = new AbortController()
    latest = mine
    loading.value = true
    const came = await askAs<T>(path, { ...question(), signal: mine.signal })
    if (latest !== mine) return
    loading.value = false
    problem.value = came.ok ? null : came.problem
    if (came.ok) answer.value = came.body
  }

  watch(() => JSON.stringify(question()), load, { immediate: true })
  onScopeDispose(() => latest?.abort())
  return { answer, problem, loading, load }
}
