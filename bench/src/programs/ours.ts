/** weapp-auth as its documentation puts it together: SQLite, durable commits, the pooled client of WeChat. */
import { serve } from '@hono/node-server'
import { createServer, generateKeyring } from '@weapp-auth/server'
import { createSqliteStore } from '@weapp-auth/server/sqlite'
import { createWechat } from '@weapp-auth/wechat'
import Database from 'better-sqlite3'
import { app } from '../world.ts'
import { serveCommands } from './serve-commands.ts'
import { readServerOptions } from './server-options.ts'

const { upstream, file, checkData, pool } = readServerOptions()

const server = createServer({
  apps: [{ appId: app.appId, openData: checkData ? 'enforce' : 'unchecked' }],
  store: createSqliteStore({ database: new Database(file) }),
  wechat: createWechat({ apps: [app], baseUrl: upstream, connections: pool }),
  keys: generateKeyring(),
  issuer: 'https://auth.example.com',
})
await server.ready()
serve({ fetch: server.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => serveCommands({ port }))
