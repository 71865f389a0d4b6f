import { createEmulator, type Emulator, type EmulatorOptions } from '@weapp-auth/emulator'
import { CliFault } from './cli-fault.ts'
import { demoApp, demoPeople } from './demo.ts'
import { emulatorFromSeed } from './emulator-from-seed.ts'
import { emulateFlags } from './flags.ts'
import { listen } from './listen.ts'
import { type Config, readConfig, readPort } from './read-config.ts'
import { readFlags } from './read-flags.ts'
import type { Terminal } from './terminal.ts'

/** `weapp-auth emulate`: WeChat's emulator alone, for a server in any language, until it is stopped. */
export async function emulate(args: readonly string[], terminal: Terminal): Promise<void> {
  const { port, seed, clock, tls, 'tls-port': tlsPort, ...flags } = readFlags('emulate', args, emulateFlags)
  const config = readConfig(terminal.env, port === undefined ? flags : { ...flags, 'emulator-port': port })
  if (config.production) throw notInProduction()
  const emulator = await createSeeded(seed, clock === undefined ? {} : { startAt: readClock(clock) })
  const doors = await openDoors(emulator, config, tls ? readPort('--tls-port', tlsPort ?? '8789') : null).catch(
    error => {
      emulator.close()
      throw error
    },
  )
  terminal.out((await welcome(emulator, doors.url)) + doors.guide)
  await terminal.untilStopped()
  const closed = doors.close()
  emulator.close()
  await closed
}

interface Doors {
  readonly url: string
  /** How to use the second door; empty when there is one. */
  readonly guide: string
  close(): Promise<void>
}

/** The plain port; with `tlsPort` also https under WeChat's name, and a proxy on the plain port that leads there. */
async function openDoors(
  emulator: Emulator,
  { host, emulatorPort, data }: Config,
  tlsPort: number | null,
): Promise<Doors> {
  const fetch = (request: Request) => emulator.fetch(request)
  const plain = { fetch, host, port: emulatorPort, portFlag: '--port' }
  const graceMs = 500
  if (tlsPort === null) {
    const door = await listen(plain)
    return { url: door.url, guide: '', close: () => door.close(graceMs) }
  }
  const [{ createConnectProxy }, { openTestCa }, { trustGuide }] = await Promise.all([
    import('./tls/connect-proxy.ts'),
    import('./tls/test-ca.ts'),
    import('./tls/trust-guide.ts'),
  ])
  const ca = await openTestCa(data)
  const secure = await listen({ fetch, host, port: tlsPort, portFlag: '--tls-port', tls: ca.server })
  const closeSecure = () => secure.close(graceMs)
  const door = await listen({ ...plain, connect: createConnectProxy(secure.take) }).catch(error =>
    closeSecure().then(() => Promise.reject(error)),
  )
  return {
    url: door.url,
    guide: trustGuide({ proxy: door.url, tls: secure.url, file: ca.file }),
    close: async () => void (await Promise.all([door.close(graceMs), closeSecure()])),
  }
}

async function createSeeded(seed: string | undefined, more: Partial<EmulatorOptions>): Promise<Emulator> {
  if (seed !== undefined) return emulatorFromSeed(seed, more)
  return createEmulator({ apps: [demoApp], people: demoPeople, ...more })
}

function readClock(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}(T|$)/.test(text) ? Date.parse(text) : Number.NaN
  if (at >= 0) return at
  throw new CliFault('config', {
    zh: `--clock 应当是 2026-11-20T08:00:00Z 这样的时间，当前为 "${text}"。`,
    en: `--clock must be a time such as 2026-11-20T08:00:00Z, not "${text}".`,
  })
}

function notInProduction(): CliFault {
  return new CliFault('config', {
    zh: 'NODE_ENV=production 时不会启动微信模拟器。',
    en: 'The WeChat emulator does not start with NODE_ENV=production.',
  })
}

async function welcome({ control, fetch }: Emulator, url: string): Promise<string> {
  const apps = control.apps.all().map(({ appId, secret, name }) => `appid ${appId}   secret ${secret}   ${name}`)
  const people = control.people.all().map(({ id, name }) => `${id} (${name})`)
  const { routes } = (await (await fetch(new Request(`${url}/_emulator`))).json()) as {
    readonly routes: readonly string[]
  }
  const [app, person] = [control.apps.all()[0], control.people.all()[0]]
  const example =
    app && person
      ? `

取得登录 code / get a login code:
  curl -d '{"appId":"${app.appId}","personId":"${person.id}"}' -H 'content-type: application/json' ${url}/_emulator/wx/login`
      : ''
  return `
微信模拟器已启动 / the WeChat emulator is running

  代替 / in place of https://api.weixin.qq.com   ${url}
  ${shortened(apps).join('\n  ')}
  用户 / people   ${shortened(people).join(', ')}
  时间 / clock    ${new Date(control.clock.now()).toISOString()}

控制接口 / control routes (POST: JSON)
${inColumns(routes.filter(route => !route.includes('/wx/')))}${example}
`
}

/** A seed may hold thousands. */
function shortened(all: readonly string[]): readonly string[] {
  return all.length > 10 ? [...all.slice(0, 10), `… (${all.length})`] : all
}

function inColumns(routes: readonly string[]): string {
  const width = Math.max(...routes.map(route => route.length)) + 2
  const rows = Array.from({ length: Math.ceil(routes.length / 3) }, (_, row) => routes.slice(row * 3, row * 3 + 3))
  return rows
    .map(
      row =>
        `  ${row
          .map(route => route.padEnd(width))
          .join('')
          .trimEnd()}`,
    )
    .join('\n')
}
