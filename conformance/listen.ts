import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'

/** Opens a free port of this machine for a fetch handler. */
export async function listen(fetch: (request: Request) => Promise<Response>) {
  const server = createAdaptorServer({ fetch })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => new Promise<void>(resolve => void server.close(() => resolve())),
  }
}
