import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came in. */
export interface StubRequest {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

type Answer = { readonly status?: number; readonly body: object } | 'hang up' | 'silence'

/** The API of a provider on a port of this machine: its SDK brings its own HTTP client. */
export async function openSmsStub() {
  const requests: StubRequest[] = []
  const answers: Answer[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://stub')
      const body = Buffer.concat(chunks).toString()
      requests.push({ method: request.method ?? '', url, headers: request.headers, body })
      const answer = answers.shift() ?? 'hang up'
      if (answer === 'hang up') return void request.socket.destroy()
      if (answer === 'silence') return
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer.body))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    requests,
    answerNext: (answer: Answer) => void answers.push(answer),
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const message = {
  number: '+8613800138000',
  code: '123456',
  minutes: 5,
  app: { appId: 'wx0000000000000001', name: '' },
  requestId: 'request-1',
}
