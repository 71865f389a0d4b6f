import { createObservable } from './core/observable.ts'
import type { Auth } from './index.ts'

/** Something with a state that can be looked at and watched; the state is a new object after every change. */
export interface Watchable<State> {
  state(): State
  /** Calls back after every change until the returned function is called. */
  subscribe(watch: (state: State) => void): () => void
}

export interface Derived<State> extends Watchable<State> {
  /** Something of its own has changed. */
  refresh(): void
}

/** A state made of the client's and of something of its own; it watches the client only while it is watched. */
export function createDerived<State extends object>(auth: Auth, look: () => State): Derived<State> {
  const shown = createObservable(look(), error =>
    auth.core.platform.after(0, () => {
      throw error
    }),
  )
  const refresh = () => shown.set(look())
  let watchers = 0
  let leaveAuth = () => {}

  return {
    refresh,
    state() {
      refresh()
      return shown.get()
    },
    subscribe(watch) {
      if (watchers++ === 0) leaveAuth = auth.subscribe(refresh)
      refresh()
      const leave = shown.subscribe(watch)
      let watching = true
      return () => {
        leave()
        if (watching && --watchers === 0) leaveAuth()
        watching = false
      }
    },
  }
}
