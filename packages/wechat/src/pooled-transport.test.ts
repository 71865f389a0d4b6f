// The pool is undici's, so it is tried against real sockets of this machine.
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createManualTime } from '../test/manual-time.ts'
import { createPooledTransport } from './pooled-transport.ts'
import type { Transport } from './transport.ts'

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(close => close()))
})

const get = { method: 'GET', path: '/sns/jscode2session?secret=s' } as const
const answered = (text: string) => ({ status: 'answered', httpStatus: 200, text })

test('a request and its answer', async () => {
  const seen: string[] = []
  const { transport } = await pool((request, response) => {
    request.on('data', chunk => seen.push(String(chunk)))
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${request.headers['content-type']}`)
      response.end('{"errcode":0}')
    })
  })
  expect(await transport.deliver(get, 3000)).toEqual(answered('{"errcode":0}'))
  expect(await transport.deliver({ method: 'POST', path: '/x', body: '{"a":"中"}' }, 3000)).toEqual(
    answered('{"errcode":0}'),
  )
  expect(seen).toEqual([`GET ${get.path} undefined`, '{"a":"中"}', 'POST /x application/json'])
})

test('connections are kept and used again', async () => {
  const ports = new Set<number | undefined>()
  const { transport } = await pool((request, response) => {
    ports.add(request.socket.remotePort)
    response.end('{}')
  })
  for (let i = 0; i < 20; i += 1) await transport.deliver(get, 3000)
  // undici calls an answer complete a moment before the connection is free again: a second one may open.
  expect(ports.size).toBeLessThanOrEqual(2)
})

test('no more connections are opened than allowed', async () => {
  const ports = new Set<number | undefined>()
  const { transport } = await pool(
    (request, response) => {
      ports.add(request.socket.remotePort)
      setImmediate(() => response.end('{}'))
    },
    { connections: 4 },
  )
  await Promise.all(Array.from({ length: 100 }, () => transport.deliver(get, 3000)))
  expect(ports.size).toBe(4)
})

test('a refused connection is known not to have carried the request', async () => {
  const { transport, server } = await pool((_, response) => response.end('{}'))
  await new Promise(done => server.close(done))
  expect(await transport.deliver(get, 3000)).toEqual({ status: 'unsent', reason: 'ECONNREFUSED' })
})

test('an unknown host is known not to have carried the request', async () => {
  const transport = createPooledTransport({ origin: 'http://no-such-host.invalid', connections: 1 })
  open.push(() => transport.close())
  expect(await transport.deliver(get, 3000)).toMatchObject({ status: 'unsent' })
})

test('a request without an answer in time is lost', async () => {
  const arrived = signal()
  const { transport, time } = await pool(arrived.tell)
  const delivery = transport.deliver(get, 3000)
  await arrived.told
  await time.pass(3000)
  expect(await delivery).toEqual({ status: 'lost', reason: 'timeout' })
})

test('a request that gave up waiting for a connection never reaches WeChat', async () => {
  const seen: string[] = []
  const arrived = signal()
  const held: (() => void)[] = []
  const { transport, time } = await pool(
    (request, response) => {
      seen.push(request.url ?? '')
      held.push(() => response.end('{}'))
      arrived.tell()
    },
    { connections: 1 },
  )
  const first = transport.deliver({ method: 'GET', path: '/first' }, 60_000)
  await arrived.told
  const second = transport.deliver({ method: 'GET', path: '/second' }, 3000)
  await time.pass(3000)
  expect(await second).toEqual({ status: 'unsent', reason: 'timeout' })
  for (const answer of held) answer()
  expect(await first).toEqual(answered('{}'))
  const third = transport.deliver({ method: 'GET', path: '/third' }, 3000)
  while (seen.length < 2) await new Promise(setImmediate)
  for (const answer of held) answer()
  expect(await third).toEqual(answered('{}'))
  expect(seen).toEqual(['/first', '/third'])
})

test('a connection that breaks after the request is lost, also in the middle of the answer', async () => {
  const breaks: RequestListener[] = [
    request => request.socket.destroy(),
    (request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"openid"')
      setImmediate(() => request.socket.destroy())
    },
  ]
  for (const listener of breaks) {
    const { transport } = await pool(listener)
    expect(await transport.deliver(get, 3000)).toMatchObject({ status: 'lost' })
  }
})

test('an answer of more than 64 KB is cut off', async () => {
  const { transport } = await pool((_, response) => response.end(`"${'x'.repeat(70_000)}"`))
  expect(await transport.deliver(get, 3000)).toMatchObject({ status: 'unreadable' })
})

test('a compressed answer is not opened', async () => {
  const { transport } = await pool((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.from('1f8b08', 'hex')),
  )
  expect(await transport.deliver(get, 3000)).toMatchObject({ status: 'unreadable' })
})

test('a redirect is handed back, not followed', async () => {
  const seen: string[] = []
  const { transport } = await pool((request, response) => {
    seen.push(request.url ?? '')
    response.writeHead(302, { location: '/elsewhere' }).end()
  })
  expect(await transport.deliver(get, 3000)).toMatchObject({ status: 'answered', httpStatus: 302 })
  expect(seen).toEqual([get.path])
})

test('after close nothing is sent, and no pool is made', async () => {
  const { transport } = await pool((_, response) => response.end('{}'))
  await transport.close()
  expect(await transport.deliver(get, 3000)).toEqual({ status: 'unsent', reason: 'closed' })
})

async function pool(listener: RequestListener, { connections = 2 } = {}) {
  const server: Server = createServer(listener)
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const time = createManualTime()
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const transport: Transport = createPooledTransport({ origin, connections, timer: time.timer })
  open.push(async () => {
    server.closeAllConnections()
    server.close()
    await transport.close()
  })
  return { transport, server, time }
}

function signal() {
  let tell: () => void = () => undefined
  const told = new Promise<void>(done => {
    tell = done
  })
  return { tell: () => tell(), told }
}
