import type { Arrival } from '@weapp-auth/server'

/** A handler that is named later: the port is opened first, because the address decides who the tokens are from. */
export interface Door {
  fetch: Handler
  open(handler: Handler): void
}

type Handler = (request: Request, arrival?: Arrival) => Promise<Response>

/** Until it is opened, it answers "try again in a second". */
export function createDoor(): Door {
  let handler: Handler = async () => new Response(null, { status: 503, headers: { 'retry-after': '1' } })
  return {
    fetch: (request, arrival) => handler(request, arrival),
    open(next) {
      handler = next
    },
  }
}
