import type { Arrival } from '@weapp-auth/server'

type Handler<Args extends unknown[], Answer> = (...args: Args) => Promise<Answer>

/** A handler that is named later: the port is opened first, because the address decides who the tokens are from. */
export interface Door<Args extends unknown[], Answer> {
  readonly handle: Handler<Args, Answer>
  open(handler: Handler<Args, Answer>): void
}

/**
 * Until it is opened, it answers what `closed` says.
 *
 * @example
 * const door = createDoor(async () => new Response(null, tryAgain))
 */
export function createDoor<Args extends unknown[], Answer>(closed: Handler<Args, Answer>): Door<Args, Answer> {
  let handler = closed
  return {
    handle: (...args) => handler(...args),
    open(next) {
      handler = next
    },
  }
}

/** Come back in a second. */
export const tryAgain = { status: 503, headers: { 'retry-after': '1' } } as const

/** A door for web-standard handlers. */
export function createFetchDoor(): Door<[request: Request, arrival?: Arrival], Response> {
  return createDoor<[request: Request, arrival?: Arrival], Response>(async () => new Response(null, tryAgain))
}
