import { randomBytes } from 'node:crypto'
import { connect as connectPlain } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { findProgram, freePort, holdProcess, newPlace } from './hold-process.ts'
import type { TestServer } from './service.ts'

const folders = ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin']

export function findRedis(): string | null {
  return findProgram('redis-server', folders)
}

/** Answers the URL of a server of its own, or `null` when Redis is not installed. */
export async function startRedis() {
  const command = findRedis()
  if (!command) return null
  const place = newPlace('redis', ['redis', 'nobody'])
  const [port, password] = [await freePort(), randomBytes(12).toString('hex')]
  const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', place.folder]
  const args = ['--port', String(port), '--requirepass', password, ...settings]
  const url = `redis://:${password}@127.0.0.1:${port}`
  const held = await holdProcess(place, { command, args, stopSignal: 'SIGTERM' }, () => tell(url, ['PING']))
  return { url, stop: held.stop }
}

/** Database numbers 1 to 15, which are emptied; 0 is left alone. A sixteenth at once waits for nobody: it is an error. */
export function redisServer(url: string, stop: () => Promise<void>): TestServer {
  const free = Array.from({ length: 15 }, (_, index) => index + 1)
  return {
    async openDatabase() {
      const number = free.shift()
      if (number === undefined) throw new Error('15 Redis databases are open at once; close some')
      const empty = () => tell(url, [`SELECT ${number}`, 'FLUSHDB'])
      await empty()
      const own = new URL(url)
      own.pathname = `/${number}`
      const close = async () => {
        await empty()
        free.push(number)
      }
      return { url: own.href, close }
    },
    stop,
  }
}

/** Commands without spaces in their words, written as a person would ("Inline commands", redis.io). */
function tell(url: string, commands: readonly string[]): Promise<void> {
  const { protocol, hostname, port, username, password } = new URL(url)
  const login = password ? [['AUTH', username, password].filter(Boolean).join(' ')] : []
  const all = [...login, ...commands, 'QUIT']
  return new Promise((resolve, reject) => {
    const to = { host: hostname, port: Number(port || 6379) }
    const socket = protocol === 'rediss:' ? connectTls(to) : connectPlain(to)
    let answer = ''
    socket.setEncoding('utf8').on('data', text => {
      answer += text
    })
    socket.once('error', reject).once('close', () => {
      const lines = answer.split('\r\n').filter(Boolean)
      const refused = lines.find(line => line.startsWith('-'))
      if (refused || lines.length < all.length) reject(new Error(refused ?? 'the server closed the connection'))
      else resolve()
    })
    socket.write(`${all.join('\r\n')}\r\n`)
  })
}
