import { randomBytes } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { type ServiceName, services, type TestServer, whatToInstall } from './service.ts'

/** What a borrower is told, as one line of JSON. */
export type Answer = { readonly url: string } | { readonly missing: string } | { readonly error: string }

/** Who connects here and says `<word> <service>` has a database until the connection ends. */
export interface Door {
  readonly port: number
  /** Known to this test run only. */
  readonly word: string
}

export interface Lender {
  readonly door: Door
  /** Ends the servers that were started, and removes what they wrote. */
  close(): Promise<void>
}

/** Serves all threads and processes of a test run; a server is started when the first of them asks for it. */
export async function lendDatabases(startServer = start): Promise<Lender> {
  const running = new Map<ServiceName, Promise<TestServer | null>>()

  function serverOf(name: ServiceName): Promise<TestServer | null> {
    const known = running.get(name)
    if (known) return known
    const started = startServer(name)
    running.set(name, started)
    return started
  }

  const word = randomBytes(12).toString('hex')
  const listener = createServer({ allowHalfOpen: true }, socket => void serve(socket, word, serverOf))
  await new Promise<void>((resolve, reject) => listener.once('error', reject).listen(0, '127.0.0.1', resolve))
  listener.unref()
  const address = listener.address()
  if (!address || typeof address === 'string') throw new Error('the lender has no port')
  return {
    door: { port: address.port, word },
    async close() {
      listener.close()
      const servers = await Promise.allSettled(running.values())
      for (const one of servers) if (one.status === 'fulfilled') await one.value?.stop()
    },
  }
}

async function serve(
  socket: Socket,
  word: string,
  serverOf: (name: ServiceName) => Promise<TestServer | null>,
): Promise<void> {
  socket.on('error', () => undefined)
  const say = (answer: Answer) => socket.write(`${JSON.stringify(answer)}\n`)
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  try {
    const [said, name] = String((await lines.next()).value).split(' ')
    if (said !== word || !isService(name)) return
    const server = await serverOf(name)
    if (!server) return void say({ missing: whatToInstall(name) })
    const database = await server.openDatabase()
    say({ url: database.url })
    await lines.next()
    await database.close()
  } catch (error) {
    say({ error: error instanceof Error ? error.message : String(error) })
  } finally {
    socket.end()
  }
}

function isService(name: unknown): name is ServiceName {
  return typeof name === 'string' && Object.hasOwn(services, name)
}

/** Drivers are loaded here only, so that a run without these tests does not wait for them. */
async function start(name: ServiceName): Promise<TestServer | null> {
  const given = process.env[services[name].variable]
  const nothing = async () => undefined
  if (name === 'postgres') {
    const { postgresServer, startPostgres } = await import('./postgres.ts')
    const own = given ? { url: given, stop: nothing } : await startPostgres()
    return own && postgresServer(own.url, own.stop)
  }
  if (name === 'mysql') {
    const { mysqlServer, startMariadb } = await import('./mariadb.ts')
    const own = given ? { url: given, stop: nothing } : await startMariadb()
    return own && mysqlServer(own.url, own.stop)
  }
  const { redisServer, startRedis } = await import('./redis.ts')
  const own = given ? { url: given, stop: nothing } : await startRedis()
  return own && redisServer(own.url, own.stop)
}
