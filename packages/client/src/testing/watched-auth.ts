import type { Auth } from '../core/create-auth.ts'

/** The same client, counting who watches it. */
export function watchedAuth(auth: Auth): { readonly auth: Auth; watching(): number } {
  let watching = 0
  const counted: Auth = {
    ...auth,
    subscribe(watch) {
      watching++
      const leave = auth.subscribe(watch)
      let watched = true
      return () => {
        if (watched) watching--
        watched = false
        leave()
      }
    },
  }
  return { auth: counted, watching: () => watching }
}
