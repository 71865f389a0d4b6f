import { request } from 'node:https'

export interface TlsPlace {
  readonly port: number
  /** The name in the certificate, which is asked for. */
  readonly host: string
  /** The certificate to trust. */
  readonly ca: string
}

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** One request whose path goes out as it is written, `//` and `..` included, as `fetch` would not send it. */
export function askThroughTls(
  { port, host, ca }: TlsPlace,
  path: string,
  { method = 'GET', headers, body }: Asked = {},
) {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port, ca, servername: host, path, method, agent: false, headers: { host, ...headers } },
      answer => {
        const parts: Buffer[] = []
        answer.on('data', part => parts.push(part))
        answer.once('error', reject)
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }))
      },
    )
    asking.once('error', reject)
    asking.end(body)
  })
}
