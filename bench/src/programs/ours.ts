/** weapp-auth as its documentation puts it together: SQLite, durable commits, the pooled client of WeChat. */
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer, generateKeyring } from '@weapp-auth/server'
import { toNodeHandler } from '@weapp-auth/server/node'
import { createSqliteStore } from '@weapp-auth/server/sqlite'
import { createWechat } from '@weapp-auth/wechat'
import Database from 'better-sqlite3'
import { app, backend } from '../world.ts'
import { serveCommands } from './serve-commands.ts'
import { readServerOptions } from './server-options.ts'

const { upstream, file, checkData, pool } = readServerOptions()

/** Five hundred users who never wait are a queue by design; elsewhere the bench takes overload as it comes. */
const tireless = { now: () => 0, afterTurn: () => {} }

const server = createServer({
  apps: [{ appId: app.appId, openData: checkData ? 'enforce' : 'unchecked' }],
  store: createSqliteStore({ database: new Database(file) }),
  wechat: createWechat({ apps: [app], baseUrl: upstream, connections: pool }),
  keys: generateKeyring(),
  issuer: 'https://auth.example.com',
  backends: [backend],
  ...(pool > 64 && { loop: tireless }),
})
await server.ready()
const http = createHttpServer(toNodeHandler(server))
http.listen(0, '127.0.0.1', () => serveCommands({ port: (http.address() as AddressInfo).port }))
