type Fetch = (request: Request) => Promise<Response>

/**
 * Keeps the requests under way, so that closing can wait for their answers.
 *
 * @example
 * const desk = createDesk(async () => new Response())
 * await desk.close()
 */
export function createDesk(fetch: Fetch): { readonly fetch: Fetch; close(): Promise<void> } {
  const underWay = new Set<Promise<Response>>()
  return {
    fetch(request) {
      const answer = fetch(request).finally(() => underWay.delete(answer))
      underWay.add(answer)
      return answer
    },
    async close() {
      await Promise.allSettled(underWay)
    },
  }
}
