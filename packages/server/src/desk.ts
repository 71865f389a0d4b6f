/**
 * Keeps the requests under way, so that closing can wait for their answers.
 *
 * @example
 * const desk = createDesk(async () => new Response())
 * await desk.close()
 */
export function createDesk<Args extends unknown[], Answer>(
  answer: (...args: Args) => Promise<Answer>,
): { readonly answer: (...args: Args) => Promise<Answer>; close(): Promise<void> } {
  const underWay = new Set<Promise<Answer>>()
  return {
    answer(...args) {
      const one = answer(...args).finally(() => underWay.delete(one))
      underWay.add(one)
      return one
    },
    async close() {
      await Promise.allSettled(underWay)
    },
  }
}
