import { Redis } from 'ioredis'
import { type PrivateServer, privateServer, tellMissing } from './private-server.ts'
import { findProgram, freePort, newPlace } from './run-program.ts'

/** A Redis of its own, running; `null` where it is not installed. */
export async function startRedis(): Promise<PrivateServer | null> {
  const command = findProgram('redis-server', ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin'])
  if (!command) return tellMissing('Redis', 'redis-server')
  const place = newPlace('faults-redis', ['redis', 'nobody'])
  const url = `redis://127.0.0.1:${await freePort()}`
  const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', place.folder]
  const server = privateServer({
    place,
    url,
    command,
    args: ['--port', new URL(url).port, ...settings],
    crashSignal: 'SIGKILL',
    isReady: () => askRedis(url, 'PING'),
  })
  await server.start()
  return server
}

export async function askRedis(url: string, command: string, ...args: string[]): Promise<unknown> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    return await redis.call(command, ...args)
  } finally {
    redis.disconnect()
  }
}
