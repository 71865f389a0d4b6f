/** weapp-auth with everything running: messages, pushes and their jobs, the sweeper; it can say what it holds. */
import { readdirSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { createServer, readKeyring } from '@weapp-auth/server'
import { toNodeHandler } from '@weapp-auth/server/node'
import { createSqliteStore } from '@weapp-auth/server/sqlite'
import { createWechat } from '@weapp-auth/wechat'
import Database from 'better-sqlite3'
import { backend, push } from '../soak/soak-settings.ts'
import type { Holdings } from '../soak/soak-verdict.ts'
import { app } from '../world.ts'
import { serveCommands } from './serve-commands.ts'

const { values } = parseArgs({
  options: {
    upstream: { type: 'string', default: '' },
    file: { type: 'string', default: '' },
    keys: { type: 'string', default: '' },
  },
})

/** Messages on their way, by number; the load fetches each. */
const messages = new Map<string, string>()
const smsLimits = { perNumber: 1e9, perUser: 1e9, perIp: 1e9, perApp: 1e9 }
const store = createSqliteStore({ database: new Database(values.file) })
const failures: string[] = []
const server = createServer({
  apps: [{ appId: app.appId, openData: 'enforce', push, sms: 'on', smsLimits }],
  backends: [backend],
  sms: {
    name: 'soak',
    async send({ number, code }) {
      messages.set(number, code)
      return { status: 'sent' }
    },
  },
  store,
  wechat: createWechat({ apps: [app], baseUrl: values.upstream }),
  keys: readKeyring(values.keys),
  issuer: 'https://auth.example.com',
})
await server.ready()
// What is past its time in a file that was made some days ago is no part of the load.
await server.sweep()
const http = createHttpServer(toNodeHandler(server))

/** Runs a task again and again, never twice at once. */
function every(milliseconds: number, task: () => Promise<unknown>) {
  let running: Promise<unknown> | null = null
  const run = () => {
    running ??= task()
      .catch((error: unknown) => failures.push(String(error)))
      .finally(() => {
        running = null
      })
  }
  const timer = setInterval(run, milliseconds)
  return async () => {
    clearInterval(timer)
    await running
  }
}
const stops = [every(1_000, () => server.work()), every(10_000, () => server.sweep())]

function smsCode(number: string): string | undefined {
  const code = messages.get(number)
  messages.delete(number)
  return code
}

/** After a collection, so that garbage is not taken for growth. */
function holdings(): Holdings {
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  const resources: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1
  const descriptors = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
  return { rss, heap: heapUsed + external, resources, descriptors }
}

/** Closes everything as `serve` does; answers what went wrong behind the requests. */
async function finish(): Promise<readonly string[]> {
  await Promise.all(stops.map(stop => stop()))
  await server.work()
  http.closeAllConnections()
  await new Promise(resolve => http.close(resolve))
  await server.close()
  await store.close()
  return failures
}

http.listen(0, '127.0.0.1', () =>
  serveCommands({ port: (http.address() as AddressInfo).port }, { smsCode, holdings, finish }),
)
