import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** How often each instance is asked whether it is ready. */
const askEveryMs = 50

/**
 * A proxy as simple as can be: to each instance that says it is ready in turn, over connections that are kept, and
 * nothing is sent twice. What it could not deliver is answered with 502.
 */
export async function openRoundRobin(instances: readonly string[]) {
  const ready = new Map(instances.map(url => [url, true]))
  const agent = new Agent({ keepAlive: true })
  let turn = 0

  function next(): string | undefined {
    const able = [...ready].filter(([, isReady]) => isReady).map(([url]) => url)
    turn += 1
    return able[turn % able.length]
  }

  const proxy = createServer((incoming, answer) => {
    const lost = () => answer.writeHead(502).end()
    const to = next()
    if (to === undefined) return void lost()
    const { method, headers, url = '/' } = incoming
    const outgoing = request(new URL(url, to), { method, headers, agent }, response => {
      answer.writeHead(response.statusCode ?? 502, { 'content-type': response.headers['content-type'] ?? '' })
      response.pipe(answer)
    })
    outgoing.on('error', lost)
    incoming.pipe(outgoing)
  })
  await new Promise<void>(done => proxy.listen(0, '127.0.0.1', done))

  const asking = setInterval(async () => {
    for (const url of ready.keys()) {
      const answer = await fetch(`${url}/readyz`).catch(() => null)
      if (ready.has(url)) ready.set(url, answer?.status === 200)
    }
  }, askEveryMs)
  onTestFinished(() => {
    clearInterval(asking)
    agent.destroy()
    proxy.close()
    proxy.closeAllConnections()
  })
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    add: (url: string) => void ready.set(url, true),
    remove: (url: string) => void ready.delete(url),
  }
}
