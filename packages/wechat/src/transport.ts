/** One HTTP request to WeChat. The path carries secrets (WeChat wants the app secret in a query): never log it. */
export interface WireMessage {
  readonly method: 'GET' | 'POST'
  /** Path and query. */
  readonly path: string
  /** JSON text. */
  readonly body?: string
}

/** What became of one request. `reason` is short, made by us and free of secrets. */
export type Delivery =
  | { readonly status: 'answered'; readonly httpStatus: number; readonly text: string }
  /** Nothing of the request has left this machine: WeChat has not seen it. */
  | { readonly status: 'unsent'; readonly reason: string }
  /** The request was on its way, and no whole answer came: WeChat may have acted on it. */
  | { readonly status: 'lost'; readonly reason: string }
  /** An answer came that is too large or is not text. */
  | { readonly status: 'unreadable'; readonly reason: string }

/** Carries requests; never throws. */
export interface Transport {
  deliver(message: WireMessage, timeoutMs: number): Promise<Delivery>
  /** Ends all connections; requests after it are `unsent`. */
  close(): Promise<void>
}

/** No answer of WeChat's server API comes near it. */
const maxAnswerBytes = 64 * 1024

/** Collects the body of an answer and refuses one that no WeChat server would send. */
export class AnswerBody {
  readonly #chunks: Uint8Array[] = []
  #size = 0

  /** False when the answer has grown too large: stop reading. */
  add(chunk: Uint8Array): boolean {
    this.#size += chunk.length
    if (this.#size > maxAnswerBytes) return false
    this.#chunks.push(chunk)
    return true
  }

  /** Reads UTF-8 strictly; a byte order mark stays in the text, where it is no JSON (RFC 8259, 8.1). */
  finish(httpStatus: number): Delivery {
    try {
      return { status: 'answered', httpStatus, text: utf8.decode(Buffer.concat(this.#chunks)) }
    } catch {
      return { status: 'unreadable', reason: 'the answer is not UTF-8' }
    }
  }
}

export const tooLarge: Delivery = { status: 'unreadable', reason: 'the answer is larger than 64 KB' }
export const closed: Delivery = { status: 'unsent', reason: 'closed' }

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The error's code, such as `ECONNREFUSED`. Never its message: some quote the URL, which holds the app secret. */
export function reasonOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    const { code } = at as { code?: unknown }
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code)) return code
  }
  return 'the connection failed'
}
