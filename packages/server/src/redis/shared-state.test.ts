// Against a real Redis or Valkey.
import { type AddressInfo, connect as connectTo, createServer, type Socket } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { limiterContract } from '../../test/limiter-contract.ts'
import { openTestRedis } from '../../test/services.ts'
import type { Limiter } from '../ports/limiter.ts'
import type { RedisEvent } from './circuit.ts'
import { createSharedState } from './shared-state.ts'

const service = await openTestRedis()
afterAll(() => service?.close())
/** Generous: this machine may be busy, and a slow answer is not what these tests are about. */
const patient = { timeoutMs: 5000 }

/** A connection for one test. */
function connect(url = service?.url ?? ''): Redis {
  const redis = new Redis(url, { retryStrategy: () => 20 })
  onTestFinished(() => redis.disconnect())
  return redis
}

let prefixes = 0
const newPrefix = () => `test-${process.pid}-${++prefixes}:`

describe.skipIf(!service)('state that is shared', () => {
  limiterContract('Redis', () => createSharedState({ redis: connect(), prefix: newPrefix(), ...patient }).limiter)

  it('counts one limit over all instances', async () => {
    const prefix = newPrefix()
    const instances = [1, 2, 3].map(() => createSharedState({ redis: connect(), prefix, ...patient }).limiter)
    const takes = Array.from({ length: 300 }, (_, index) =>
      instances[index % 3]?.take('a', { requests: 100, windowMs: 60_000 }, 1_800_000_000_000 + (index % 3)),
    )
    const outcomes = await Promise.all(takes)
    expect(outcomes.filter(outcome => outcome?.status === 'taken')).toHaveLength(100)
  })

  it('leaves no key that stays', async () => {
    const [redis, prefix] = [connect(), newPrefix()]
    const { limiter, revocations } = createSharedState({ redis, prefix, ...patient })
    await limiter.take('a', { requests: 1, windowMs: 1000 }, 1_800_000_000_000)
    revocations.server({ type: 'session-ended', requestId: 'r', sessionId: 's', reason: 'logout' })
    await expect.poll(() => revocations.isRevoked('s')).toBe(true)
    const keys = await redis.keys(`${prefix}*`)
    expect(keys.sort()).toEqual([`${prefix}ended:s`, `${prefix}limit:a`])
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0)
    expect(await redis.pttl(`${prefix}ended:s`)).toBeGreaterThan(600_000)
  })

  it('a session that ended on one instance is known to every other', async () => {
    const prefix = newPrefix()
    const [here, there] = [1, 2].map(() => createSharedState({ redis: connect(), prefix, ...patient }).revocations)
    expect(await there?.isRevoked('s-1')).toBe(false)
    here?.server({ type: 'session-ended', requestId: 'r', sessionId: 's-1', reason: 'user' })
    here?.server({ type: 'session-rotated', requestId: 'r', sessionId: 's-2' })
    await expect.poll(() => there?.isRevoked('s-1')).toBe(true)
    expect(await there?.isRevoked('s-2')).toBe(false)
  })

  const rate = { requests: 5, windowMs: 60_000 }
  const now = 1_800_000_000_000

  /** Takes in order, and says of each whether it was let through. */
  async function takes(limiter: Limiter, count: number): Promise<string> {
    const outcomes: string[] = []
    for (let index = 0; index < count; index += 1)
      outcomes.push((await limiter.take('a', rate, now)).status === 'taken' ? '+' : '-')
    return outcomes.join('')
  }

  it('goes on in process when Redis is cut off, says so once, and is shared again when it is back', async () => {
    const way = await openWay()
    const [prefix, events] = [newPrefix(), [] as RedisEvent[]]
    const redis = connect(way.url)
    const observe = (event: RedisEvent) => events.push(event)
    const { limiter, revocations } = createSharedState({ redis, prefix, ...patient, restMs: 1, observe })
    const other = createSharedState({ redis: connect(), prefix, ...patient })
    expect(await takes(limiter, 2)).toBe('++')
    await way.cut()
    expect(await takes(limiter, 7)).toBe('+++++--')
    expect(await revocations.isRevoked('s')).toBe(null)
    revocations.server({ type: 'session-ended', requestId: 'r', sessionId: 's', reason: 'logout' })
    expect(events).toMatchObject([{ type: 'redis-away' }])
    await way.mend()
    await expect.poll(() => revocations.isRevoked('s')).toBe(true)
    expect(await other.revocations.isRevoked('s')).toBe(true)
    expect(events).toMatchObject([{ type: 'redis-away' }, { type: 'redis-back', awayMs: expect.any(Number) }])
    expect(await takes(limiter, 4)).toBe('+++-')
  })

  it('does not wait for a Redis that hangs', async () => {
    const way = await openWay()
    const [redis, events] = [connect(way.url), [] as RedisEvent[]]
    const observe = (event: RedisEvent) => events.push(event)
    await redis.ping()
    const { limiter } = createSharedState({ redis, prefix: newPrefix(), restMs: 60_000, observe })
    way.hang()
    expect(await takes(limiter, 6)).toBe('+++++-')
    expect(events).toEqual([{ type: 'redis-away', reason: 'timeout' }])
  })

  it('does without a Redis that was never there, and without one that refuses', async () => {
    const reasons: string[] = []
    const observe = (event: RedisEvent) => {
      if (event.type === 'redis-away') reasons.push(event.reason)
    }
    const away = new Redis('redis://127.0.0.1:1', { retryStrategy: () => null })
    const refusing = connect()
    const unwilling = { call: () => refusing.call('nosuchcommand', 'a-secret'), on: () => undefined }
    for (const redis of [away, unwilling])
      expect(await takes(createSharedState({ redis, prefix: newPrefix(), restMs: 60_000, observe }).limiter, 6)).toBe(
        '+++++-',
      )
    expect(reasons).toEqual(['ECONNREFUSED', 'ERR'])
  })
})

it.each([
  ['redis', {}],
  ['prefix', { prefix: '' }],
  ['prefix', { prefix: 'with space' }],
  ['timeoutMs', { timeoutMs: 0 }],
  ['restMs', { restMs: Number.NaN }],
])('a wrong "%s" is named', (field, wrong) => {
  const redis = { call: async () => null, on: () => undefined }
  const options = field === 'redis' ? wrong : { redis, ...wrong }
  expect(() => createSharedState(options as never)).toThrow(new RegExp(`^"${field}" must be `))
})

/** A way to Redis that can be cut and mended, or hang. */
async function openWay() {
  const { hostname, port, pathname, username, password } = new URL(service?.url ?? '')
  const sockets = new Set<Socket>()
  let hangs = false
  const way = createServer(near => {
    const far = connectTo(Number(port || 6379), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', chunk => hangs || to.write(chunk))
      from.on('error', () => undefined).on('close', () => to.destroy())
    }
  })
  const listen = (at: number) => new Promise<void>(done => way.listen(at, '127.0.0.1', done))
  const cut = async () => {
    const closed = new Promise(done => way.close(done))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await listen(0)
  onTestFinished(cut)
  const at = (way.address() as AddressInfo).port
  const account = password ? `${username}:${password}@` : ''
  return {
    url: `redis://${account}127.0.0.1:${at}${pathname}`,
    cut,
    mend: () => listen(at),
    hang() {
      hangs = true
    },
  }
}
