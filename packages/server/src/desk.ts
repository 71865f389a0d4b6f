type Fetch<Args extends unknown[]> = (request: Request, ...args: Args) => Promise<Response>

/**
 * Keeps the requests under way, so that closing can wait for their answers.
 *
 * @example
 * const desk = createDesk(async () => new Response())
 * await desk.close()
 */
export function createDesk<Args extends unknown[]>(
  fetch: Fetch<Args>,
): { readonly fetch: Fetch<Args>; close(): Promise<void> } {
  const underWay = new Set<Promise<Response>>()
  return {
    fetch(request, ...args) {
      const answer = fetch(request, ...args).finally(() => underWay.delete(answer))
      underWay.add(answer)
      return answer
    },
    async close() {
      await Promise.allSettled(underWay)
    },
  }
}
