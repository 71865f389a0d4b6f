import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createFetchDoor } from './door.ts'
import { type Listener, type ListenOptions, listen } from './listen.ts'

async function open(options: Partial<ListenOptions> = {}): Promise<Listener> {
  const fetch = async () => new Response('here')
  const listener = await listen({ fetch, host: '127.0.0.1', port: 0, portFlag: '--port', ...options })
  onTestFinished(() => listener.close(0))
  return listener
}

test('port 0 takes a free port and says which', async () => {
  const { url } = await open()
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/)
  expect(await (await fetch(url)).text()).toBe('here')
})

test('"everywhere" is shown as an address that can be opened', async () => {
  const { url } = await open({ host: '0.0.0.0' })
  expect(await (await fetch(url)).text()).toBe('here')
})

test('an emulated broken connection breaks the connection, any other failure is status 500', async () => {
  const broken = () =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
  const { url } = await open({ fetch: async () => Promise.reject(broken()) })
  await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } })
  const failing = await open({ fetch: async () => Promise.reject(new Error('out of order')) })
  expect((await fetch(failing.url)).status).toBe(500)
})

test('a busy port is named, with who may hold it and how to choose another', async () => {
  const port = Number(new URL((await open()).url).port)
  await expect(open({ port })).rejects.toMatchObject({
    code: 69,
    sentence: {
      zh: expect.stringMatching(new RegExp(`端口 ${port} 已被占用.*另一个.*weapp-auth.*:${port}.*--port`)),
      en: expect.stringMatching(new RegExp(`Port ${port} is in use.*another weapp-auth.*:${port}.*--port`)),
    },
  })
})

test('an address of another machine is a wrong configuration', async () => {
  await expect(open({ host: '192.0.2.1' })).rejects.toMatchObject({
    code: 78,
    sentence: { en: expect.stringContaining('HOST') },
  })
})

test('a stop lets a running request end and takes no new one', async () => {
  let answer: () => void = () => undefined
  let arrived: () => void = () => undefined
  const began = new Promise<void>(resolve => {
    arrived = resolve
  })
  const listener = await open({
    fetch: () => {
      arrived()
      return new Promise(resolve => {
        answer = () => resolve(new Response('late'))
      })
    },
  })
  const running = fetch(listener.url)
  await began
  const closed = listener.close()
  await expect(fetch(listener.url)).rejects.toThrow()
  answer()
  const last = await running
  expect([last.headers.get('connection'), await last.text()]).toEqual(['close', 'late'])
  await closed
})

test('a stop cuts off what does not end', async () => {
  const listener = await open({ fetch: () => new Promise(() => undefined) })
  const running = fetch(listener.url)
  const cut = expect(running).rejects.toThrow()
  await new Promise<void>(resolve => {
    const socket = connect(Number(new URL(listener.url).port), '127.0.0.1', () => resolve(void socket.destroy()))
  })
  await listener.close(20)
  await cut
})

test('headers of more than 8 KB are refused', async () => {
  const { url } = await open()
  expect((await fetch(url, { headers: { 'x-long': 'x'.repeat(9000) } })).status).toBe(431)
})

test('a door that is not open yet says "try again"', async () => {
  const door = createFetchDoor()
  expect((await door.handle(new Request('http://h/'))).status).toBe(503)
  door.open(async () => new Response('in'))
  expect(await (await door.handle(new Request('http://h/'))).text()).toBe('in')
})
