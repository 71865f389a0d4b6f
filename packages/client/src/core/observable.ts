/** A value that can be looked at and watched. */
export interface Observable<T> {
  get(): T
  /** Replaces the named fields; the watchers hear of it only when something differs. */
  set(part: Partial<T>): void
  /** Calls back after every change until the returned function is called. */
  subscribe(watch: (value: T) => void): () => void
}

/**
 * @param complain gets what a watcher throws, so that a page's mistake cannot stop a login.
 *
 * @example
 * const clicks = createObservable({ count: 0 }, error => platform.after(0, () => { throw error }))
 * clicks.subscribe(({ count }) => page.setData({ count }))
 * clicks.set({ count: 1 })
 */
export function createObservable<T extends object>(start: T, complain: (error: unknown) => void): Observable<T> {
  let value = start
  let watchers: readonly ((value: T) => void)[] = []
  return {
    get: () => value,
    set(part) {
      const next: T = Object.assign({}, value, part)
      if ((Object.keys(next) as (keyof T)[]).every(key => next[key] === value[key])) return
      value = next
      for (const watch of watchers) {
        try {
          watch(next)
        } catch (error) {
          complain(error)
        }
      }
    },
    subscribe(watch) {
      watchers = [...watchers, watch]
      return () => {
        watchers = watchers.filter(one => one !== watch)
      }
    },
  }
}
