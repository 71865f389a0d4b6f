import { expect, it } from 'vitest'
import { createLiveCheck } from './live-check.ts'

function open({ remembered = 10_000, cacheMs = 1000 } = {}) {
  const time = { now: 1_800_000_000_000 }
  const requests: Request[] = []
  const isLive = createLiveCheck({
    url: 'https://auth.example.com/v1/introspect',
    id: 'orders & more',
    secret: 's+ecret',
    cacheMs,
    clock: { now: () => time.now },
    remembered,
    async fetch(request) {
      requests.push(request)
      return Response.json({ active: true, sub: 'user-1' })
    },
  })
  const ask = (sessionId: string, token = `token of ${sessionId}`) => isLive(token, { userId: 'user-1', sessionId })
  return { ask, requests, time }
}

it('asks as RFC 7662 wants it: a form, and credentials that are form-encoded first', async () => {
  const { ask, requests } = open()
  expect(await ask('session-1')).toBe(true)
  const [request] = requests
  expect(request?.url).toBe('https://auth.example.com/v1/introspect')
  expect(request?.method).toBe('POST')
  expect(request?.headers.get('authorization')).toBe(`Basic ${btoa('orders%20%26%20more:s%2Becret')}`)
  expect(request?.headers.get('content-type')).toMatch('application/x-www-form-urlencoded')
  expect(await request?.text()).toBe('token=token+of+session-1')
})

it('remembers by session, whichever of its tokens is shown', async () => {
  const { ask, requests } = open()
  await ask('session-1', 'one')
  await ask('session-1', 'two')
  expect(requests).toHaveLength(1)
  await ask('session-2', 'one')
  expect(requests).toHaveLength(2)
})

it('forgets the oldest when there are more sessions than it remembers', async () => {
  const { ask, requests } = open({ remembered: 2 })
  for (const session of ['1', '2', '3', '2', '3']) await ask(session)
  expect(requests).toHaveLength(3)
  await ask('1')
  expect(requests).toHaveLength(4)
  await ask('3')
  expect(requests).toHaveLength(4)
  await ask('2')
  expect(requests).toHaveLength(5)
})

it('asks again when the clock was set back, and after its time', async () => {
  const { ask, requests, time } = open()
  await ask('1')
  time.now += 999
  await ask('1')
  expect(requests).toHaveLength(1)
  time.now += 1
  await ask('1')
  expect(requests).toHaveLength(2)
  time.now -= 1
  await ask('1')
  expect(requests).toHaveLength(3)
})
