// Reads better whole: what a deployment of `weapp-auth serve` is given, and its processes.
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createEmulator, type EmulatedApp } from '@weapp-auth/emulator'
import { adminRoutes, type OperatorJobsAnswer } from '@weapp-auth/protocol/contract'
import { expect } from 'vitest'
import { listen } from '../../listen.ts'
import { createCourier } from '../courier.ts'
import { lin, mo } from '../people.ts'
import { askFor, type Site } from '../site.ts'

/** A process of `weapp-auth serve`, as it is installed. */
export interface ServeProcess {
  readonly origin: string
  /** Milliseconds from its start until it served. */
  readonly startMs: number
  /** Resolves when it has ended, with its exit code or the signal. */
  end(signal: NodeJS.Signals): Promise<number | string | null>
}

export interface Deployment {
  /** With the database of a file in its folder, where none was named. */
  readonly folder: string
  start(): Promise<ServeProcess>
  /** A mini program of its own, served by whoever `originOf` says. */
  newSite(originOf: () => string): Site
  close(): Promise<void>
}

export interface DeploymentOptions {
  /** `DATABASE`. Default: a file. */
  readonly database?: string
  /** How many mini programs there are. */
  readonly apps: number
}

const program = fileURLToPath(new URL('../../../packages/cli/dist/bin.js', import.meta.url))
const push = { token: 'OnlyForTheFaults', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }
const operatorToken = 'only-for-the-faults-0123456789abcdef'

export async function openDeployment({ database, apps: count }: DeploymentOptions): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'weapp-auth-faults-'))
  const apps: readonly EmulatedApp[] = Array.from({ length: count }, (_, index) => {
    const number = index.toString(16).padStart(8, '0')
    return { appId: `wx00000000${number}`, secret: number.repeat(4), name: `Shop ${number}` }
  })
  const courier = createCourier()
  const emulator = createEmulator({ apps, people: [lin, mo], clock: { now: Date.now }, deliver: courier.deliver })
  for (const { appId } of apps)
    emulator.control.push.configure(appId, { ...push, url: `http://127.0.0.1/v1/wechat/push/${appId}` })
  const wechat = await listen(request => emulator.fetch(request))
  const config = join(folder, 'weapp-auth.yaml')
  const many = { requests: 1_000_000, windowMs: 60_000 }
  await writeFile(
    config,
    JSON.stringify({
      limits: { perIp: many },
      operators: [{ name: 'chen', role: 'admin', token: operatorToken }],
      apps: apps.map(app => ({ ...app, openData: 'enforce', push: { ...push, delayMs: 0 } })),
    }),
  )
  const env = {
    PATH: process.env.PATH ?? '',
    WEAPP_CONFIG: config,
    WEAPP_DATA: folder,
    WECHAT_BASE_URL: wechat.origin,
    ISSUER: 'https://auth.example.com',
    LOG_LEVEL: 'warn',
    DRAIN_SECONDS: '1',
    ...(database !== undefined && { DATABASE: database }),
  }
  const running = new Set<ServeProcess>()
  const lines: string[] = []
  let taken = 0

  async function start(): Promise<ServeProcess> {
    const startedAt = performance.now()
    const child = spawn(process.execPath, [program, 'serve', '--port', '0'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = new Promise<number | string | null>(resolve =>
      child.once('close', (code, signal) => resolve(code ?? signal)),
    )
    let text = ''
    const origin = await new Promise<string>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', chunk => {
          text += chunk
          const found = /is serving .*(http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1]
          if (found) resolve(found)
        })
      child.stdout.on('data', chunk => void lines.push(String(chunk)))
      void ended.then(how => reject(new Error(`serve ended with ${how}\n${text}`)))
    })
    const one: ServeProcess = {
      origin,
      startMs: performance.now() - startedAt,
      end(signal) {
        running.delete(one)
        child.kill(signal)
        return ended
      },
    }
    running.add(one)
    return one
  }

  return {
    folder,
    start,
    newSite(originOf) {
      const app = apps[taken]
      if (!app) throw new Error('there are more cells than mini programs')
      taken += 1
      const site: Site = {
        get origin() {
          return originOf()
        },
        emulator,
        app,
        operatorToken,
        courier,
        lines,
        secrets: new Set([app.secret, push.token, push.encodingAesKey, operatorToken]),
        /** The process looks for work every five seconds. */
        async settle() {
          const waiting = async () => {
            const path = `${adminRoutes.jobs}?which=waiting`
            return (await askFor<OperatorJobsAnswer>(site, path, { token: operatorToken })).jobs.length
          }
          await expect.poll(waiting, { timeout: 20_000, interval: 200 }).toBe(0)
        },
        tick() {},
        looseEnds: async () => [],
      }
      return site
    },
    async close() {
      await Promise.all([...running].map(one => one.end('SIGKILL')))
      await wechat.close()
      emulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
