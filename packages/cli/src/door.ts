/** A handler that is named later: the port is opened first, because the address decides who the tokens are from. */
export interface Door {
  fetch(request: Request): Promise<Response>
  open(handler: (request: Request) => Promise<Response>): void
}

/** Until it is opened, it answers "try again in a second". */
export function createDoor(): Door {
  let handler = async (_: Request): Promise<Response> =>
    new Response(null, { status: 503, headers: { 'retry-after': '1' } })
  return {
    fetch: request => handler(request),
    open(next) {
      handler = next
    },
  }
}
