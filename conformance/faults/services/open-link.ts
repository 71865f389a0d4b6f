import { connect, createServer, type Socket } from 'node:net'

/** A wire to a server, which can be cut. */
export interface Link {
  /** The same URL, by way of the wire. */
  readonly url: string
  /** From now on nothing passes and nobody is told, as when a cable is pulled. */
  cut(): void
  /** What was held up passes, and all that comes. */
  heal(): void
  close(): Promise<void>
}

/** Opens a port of this machine that leads to the server of a URL. */
export async function openLink(url: string): Promise<Link> {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer(near => {
    const far = connect(Number(port), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from
        .on('error', () => undefined)
        .once('close', () => {
          sockets.delete(from)
          if (!isCut) to.destroy()
        })
      from.pipe(to)
      if (isCut) from.pause()
    }
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('the link has no port')
  const own = new URL(url)
  own.host = `127.0.0.1:${address.port}`
  return {
    url: own.href,
    cut() {
      isCut = true
      for (const socket of sockets) socket.pause()
    },
    heal() {
      isCut = false
      for (const socket of sockets) socket.resume()
    },
    async close() {
      const closed = new Promise(resolve => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
