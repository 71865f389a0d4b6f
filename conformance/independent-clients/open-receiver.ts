import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server of a developer that takes message pushes. */
export type Receiver = Awaited<ReturnType<typeof openReceiver>>

/** Answers each push with what `answer` says, or with 500 when it throws; `refusals` are the messages of its errors. */
export async function openReceiver(answer: (request: IncomingMessage) => Promise<string>) {
  const refusals: string[] = []
  const server = createServer(async (request, response) => {
    try {
      response.end(await answer(request))
    } catch (error) {
      refusals.push((error as Error).message)
      response.statusCode = 500
      response.end()
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/push`,
    refusals,
    close: () => new Promise<void>(resolve => void server.close(() => resolve())),
  }
}

/** The query of a request, as web frameworks give it. */
export function queryOf({ url = '' }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(new URL(url, 'http://receiver').searchParams)
}
