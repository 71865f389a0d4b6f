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

/** An answer that only needs to be sent. */
export interface HttpAnswer {
  readonly status: number
  /** Names in lower case; the length of the body is not among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array<ArrayBuffer> | null
}

/** The answer as web standards have it; one to HEAD has no body. */
export function toResponse({ status, headers, body }: HttpAnswer, method: string): Response {
  return new Response(method === 'HEAD' ? null : body, { status, headers })
}
