/** weapp-auth on Postgres or MySQL, one process of maybe several. */
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { createServer, readKeyring } from '@weapp-auth/server'
import { toNodeHandler } from '@weapp-auth/server/node'
import { createWechat } from '@weapp-auth/wechat'
import { type DatabaseKind, openPool, openStore } from '../database/driver.ts'
import { app } from '../world.ts'
import { serveCommands } from './serve-commands.ts'

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'postgres' },
    url: { type: 'string', default: '' },
    keys: { type: 'string', default: '' },
    upstream: { type: 'string', default: '' },
    connections: { type: 'string', default: '16' },
  },
})
const pool = await openPool(values.kind as DatabaseKind, values.url, Number(values.connections))
const server = createServer({
  apps: [{ appId: app.appId, openData: 'unchecked' }],
  store: await openStore(pool),
  wechat: createWechat({ apps: [app], baseUrl: values.upstream, connections: 64 }),
  keys: readKeyring(values.keys),
  issuer: 'https://auth.example.com',
})
await server.ready()
const http = createHttpServer(toNodeHandler(server))
http.listen(0, '127.0.0.1', () => serveCommands({ port: (http.address() as AddressInfo).port }))
