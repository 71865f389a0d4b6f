import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createEmulator } from '@weapp-auth/emulator'
import { administer, createServer } from '@weapp-auth/server'
import { createWechat } from '@weapp-auth/wechat'
import { onTestFinished } from 'vitest'
import { CliFault } from '../src/cli-fault.ts'
import { demoApp, demoPeople, demoPush } from '../src/demo.ts'
import type { CheckResult } from '../src/doctor/check-result.ts'
import { doctor } from '../src/doctor.ts'
import { openKeyringFile } from '../src/keyring-file.ts'
import { openSqlite } from '../src/open-sqlite.ts'
import { createFakeTerminal } from './fake-terminal.ts'
import { temporaryFolder } from './temporary-folder.ts'

const issuer = 'https://auth.example.com'
/** Added by an operator, so its secret is in the database only. */
export const storedApp = { appId: 'wx00000000000000f1', secret: 'f1e2d3c4b5a697887766554433221100', name: '茶 Tea' }

/**
 * A server in production that is well: a database with a user and an app in it, its key file, the emulator for WeChat,
 * and `doctor`, who meets both through `fetch`. `change` makes one thing wrong.
 */
export async function createExaminedWorld() {
  const data = await temporaryFolder()
  const emulator = createEmulator({ apps: [demoApp, storedApp], people: demoPeople })
  const store = await openSqlite(join(data, 'weapp-auth.sqlite'))
  const { keyring } = await openKeyringFile(join(data, 'keys.json'), { create: true, strict: true })
  const { apps } = await administer({ store, keys: keyring })
  await apps.add(storedApp)
  const wechat = createWechat({ apps: [demoApp], fetch: request => emulator.fetch(request) })
  const server = createServer({
    apps: [{ appId: demoApp.appId, push: demoPush }],
    store,
    wechat,
    keys: keyring,
    issuer,
  })
  onTestFinished(async () => {
    wechat.close()
    await server.close()
    await store.close()
    emulator.close()
  })
  const { code } = (await emulator.wx('lin', demoApp.appId).wx.login()) as { readonly code: string }
  const login = new Request(`${issuer}/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ appId: demoApp.appId, code, nonce: randomUUID() }),
  })
  if ((await server.fetch(login)).status !== 200) throw new Error('nobody could log in')

  const wellEnv = {
    NODE_ENV: 'production',
    ISSUER: issuer,
    WEAPP_APPID: demoApp.appId,
    WEAPP_SECRET: demoApp.secret,
    WEAPP_PUSH_TOKEN: demoPush.token,
    WEAPP_PUSH_AES_KEY: demoPush.encodingAesKey,
    WEAPP_DATA: data,
  }

  // Stands still, so that a slow machine measures no difference.
  const wechatTime = Math.floor(Date.now() / 1000) * 1000

  /** What the network does. */
  const asWell = {
    wechat: async (request: Request): Promise<Response> => {
      const answer = await emulator.fetch(request, { ip: '203.0.113.8' })
      const headers = new Headers(answer.headers)
      headers.set('date', new Date(wechatTime).toUTCString())
      return new Response(await answer.text(), { status: answer.status, headers })
    },
    server: (request: Request): Promise<Response> => server.fetch(request),
  }

  interface Change {
    readonly env?: Readonly<Record<string, string>>
    readonly args?: readonly string[]
    readonly wechat?: (request: Request) => Promise<Response>
    readonly server?: (request: Request) => Promise<Response>
    /** Milliseconds by which this machine's clock is ahead. */
    readonly aheadMs?: number
    readonly nodeVersion?: string
  }

  async function examine(change: Change = {}) {
    const { wechat, server, aheadMs = 0, nodeVersion = '22.12.0', args = [] } = { ...asWell, ...change }
    const tools = {
      fetch: (request: Request) =>
        new URL(request.url).hostname === 'api.weixin.qq.com' ? wechat(request) : server(request),
      now: () => wechatTime + 500 + aheadMs,
      nodeVersion,
    }
    const env = { ...wellEnv, ...change.env }
    const run = async (more: readonly string[]) => {
      const fake = createFakeTerminal(env)
      const code = await doctor([...args, ...more], fake.terminal, tools).then(
        () => 0,
        error => {
          if (error instanceof CliFault) return error.code
          throw error
        },
      )
      return { code, out: fake.out() }
    }
    const { code, out } = await run(['--json'])
    const { checks } = JSON.parse(out) as { readonly checks: readonly CheckResult[] }
    const notWell = checks.filter(({ status }) => status === 'fail' || status === 'warn')
    return { code, checks, notWell, out, text: async () => (await run([])).out }
  }

  return { data, emulator, store, issuer, keyring, examine }
}

/** What `fetch` of Node rejects with. */
export function failing(code: string): () => Promise<never> {
  return async () => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
  }
}
