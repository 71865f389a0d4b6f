import type { Auth } from './index.ts'

/** Something with a state that can be looked at and watched; the state is a new object after every change. */
export interface Watchable<State> {
  state(): State
  /** Calls back after every change until the returned function is called. */
  subscribe(watch: (state: State) => void): () => void
}

interface Derived<State> extends Watchable<State> {
  /** Something of its own has changed. */
  refresh(): void
}

/**
 * A state made of the client's and from something of its own. It watches the client only while it is watched, and
 * looking at it tells nobody, so that a framework may look while it draws.
 *
 * @param look Cheap, and makes the same fields every time.
 */
export function createDerived<State extends object>(auth: Auth, look: () => State): Derived<State> {
  let shown = look()
  let told = shown
  let watchers: readonly ((state: State) => void)[] = []
  let leaveAuth = () => {}

  function state(): State {
    const next = look()
    if ((Object.keys(next) as (keyof State)[]).some(key => next[key] !== shown[key])) shown = next
    return shown
  }

  function refresh() {
    if (state() === told) return
    told = shown
    for (const watch of watchers) {
      try {
        watch(told)
      } catch (error) {
        // A mistake of the page stops nobody.
        auth.core.platform.after(0, () => {
          throw error
        })
      }
    }
  }

  return {
    state,
    refresh,
    subscribe(watch) {
      const own = (state: State) => watch(state)
      if (watchers.length === 0) {
        told = state()
        leaveAuth = auth.subscribe(refresh)
      }
      watchers = [...watchers, own]
      return () => {
        const others = watchers.filter(one => one !== own)
        if (others.length === 0 && watchers.length > 0) leaveAuth()
        watchers = others
      }
    },
  }
}
