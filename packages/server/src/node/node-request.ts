import type { IncomingMessage } from 'node:http'
import type { HttpHeaders, HttpRequest } from '../http/http-message.ts'

/** A request of `node:http` as the server reads it; making a web-standard `Request` of it costs half of a short answer. */
export class NodeRequest implements HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: HttpHeaders
  readonly #incoming: IncomingMessage & { readonly rawBody?: unknown }

  /** `path` is that of `incoming`, or what is left of it under a prefix. */
  constructor(incoming: IncomingMessage, path: string) {
    this.#incoming = incoming
    this.method = incoming.method ?? 'GET'
    this.url = path.startsWith('/') ? `http://localhost${path}` : path
    const { headers } = incoming
    this.headers = { get: name => textOf(headers[name.toLowerCase()]), keys: () => Object.keys(headers) }
  }

  get body(): HttpRequest['body'] {
    const { rawBody } = this.#incoming
    // Whoever stops reading still answers on the same connection.
    return rawBody instanceof Buffer ? [rawBody] : this.#incoming.iterator({ destroyOnReturn: false })
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const { rawBody } = this.#incoming
    const { buffer, byteOffset, byteLength } = rawBody instanceof Buffer ? rawBody : await allOf(this.#incoming)
    return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer
  }
}

function textOf(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : (value?.join(', ') ?? null)
}

function allOf(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    incoming.on('data', chunk => chunks.push(chunk))
    incoming.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    incoming.once('error', reject)
    incoming.once('close', () => {
      if (!incoming.readableEnded) reject(new Error('the body ended early'))
    })
  })
}
