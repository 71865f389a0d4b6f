import { connect, createServer, type Socket } from 'node:net'

/** Between a client and a server; what the client says is looked at, and the connection cut when the sign comes. */
export interface Cutter {
  /** The same URL, by way of the cutter. */
  readonly url: string
  /** From now on: passes on what contains this text, and cuts the connection before the answer. */
  cutAfter(text: string): void
  close(): Promise<void>
}

export async function openCutter(url: string): Promise<Cutter> {
  const { hostname, port } = new URL(url)
  let sign: string | null = null
  const sockets = new Set<Socket>()
  const server = createServer(near => {
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined))
    far.on('data', data => near.write(data))
    near.on('data', data => {
      if (sign !== null && data.includes(sign)) far.removeAllListeners('data').once('data', () => near.destroy())
      far.write(data)
    })
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('the cutter has no port')
  const own = new URL(url)
  own.host = `127.0.0.1:${address.port}`
  return {
    url: own.href,
    cutAfter(text) {
      sign = text
    },
    async close() {
      const closed = new Promise(resolve => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
