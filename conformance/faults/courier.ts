/** A message that WeChat pushed, ready to be brought, as often as somebody likes. */
interface Letter {
  /** Path and query; both sign what the message says. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Takes WeChat's pushes and keeps them: when, how often and in which order they arrive is for a test to say. */
export interface Courier {
  /** For `deliver` of the emulator. */
  deliver(request: Request): Promise<Response>
  /** The latest message, which then is no longer here. */
  take(): Letter
}

export function createCourier(): Courier {
  const letters: Letter[] = []
  return {
    async deliver(request) {
      const { pathname, search } = new URL(request.url)
      const type = request.headers.get('content-type') ?? 'application/json'
      letters.push({ path: pathname + search, headers: { 'content-type': type }, body: await request.text() })
      return new Response('success')
    },
    take() {
      const letter = letters.pop()
      if (!letter) throw new Error('WeChat has pushed nothing')
      return letter
    },
  }
}
