/** The headers of a request, by name in lower case. */
export interface HttpHeaders {
  get(name: string): string | null
  keys(): Iterable<string>
}

/** A request as far as the server reads it: every web-standard `Request` is one, and so is the lighter one of Node. */
export interface HttpRequest {
  readonly method: string
  /** Whole; who the server is in it does not matter. */
  readonly url: string
  readonly headers: HttpHeaders
  /** The bytes as they come. Read once, this way or the other. */
  readonly body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | null
  /** All bytes, for bodies whose length was declared. */
  arrayBuffer(): Promise<ArrayBuffer>
}

/** A body that is made while it is sent. Whoever stops reading it calls `return`; what it throws cuts the answer off. */
export type AnswerStream = AsyncGenerator<Uint8Array<ArrayBuffer>, void>

/** An answer that only needs to be sent. */
export interface HttpAnswer extends Omit<WholeAnswer, 'body'> {
  readonly body: WholeAnswer['body'] | AnswerStream
}

/** One whose body is there. */
export interface WholeAnswer {
  readonly status: number
  /** Names in lower case; the length of the body is not among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array<ArrayBuffer> | null
}

/** The answer as web standards have it; one to HEAD has no body. */
export function toResponse({ status, headers, body }: HttpAnswer, method: string): Response {
  if (method === 'HEAD') return new Response(null, { status, headers })
  return new Response(body === null || isWhole(body) ? body : streamOf(body), { status, headers })
}

export function isWhole(
  body: string | Uint8Array<ArrayBuffer> | AnswerStream,
): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof Uint8Array
}

/** Reads on only when somebody does. */
function streamOf(chunks: AnswerStream): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: async () => void (await chunks.return()),
    },
    { highWaterMark: 0 },
  )
}
