import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Emulator } from '@weapp-auth/emulator'
import { legacyFormats } from '@weapp-auth/server'
import { createDiskAvatars } from '@weapp-auth/server/avatars-disk'
import { createPrintingSms } from '@weapp-auth/server/sms-printing'
import { CliFault } from './cli-fault.ts'
import { consoleOf } from './console-of.ts'
import { createConsoleSite } from './console-site.ts'
import { demoApp, demoPeople, demoPush } from './demo.ts'
import { createDevJournal } from './dev-journal.ts'
import { createDevSite } from './dev-site.ts'
import { loadDevelopment } from './development-parts.ts'
import { createFetchDoor } from './door.ts'
import { openKeyringFile } from './keyring-file.ts'
import { listen } from './listen.ts'
import { openStore } from './open-store.ts'
import { operatorsOf } from './operators-of.ts'
import type { Config } from './read-config.ts'
import { emptyConfigFile } from './read-config-file.ts'
import { createRequestLog } from './request-log.ts'
import { startService } from './start-service.ts'
import { createUndoList } from './undo-list.ts'

/** A running `weapp-auth dev`. */
export interface Dev {
  /** Phone simulator, auth server and the emulator's control API, such as `http://127.0.0.1:8787`. */
  readonly url: string
  /** The emulator alone: what stands in for `https://api.weixin.qq.com`. */
  readonly emulatorUrl: string
  readonly emulator: Emulator
  /** What the user should know, one line each. */
  /** Link for the first operator of the console; `null` when there is one. */
  readonly invitation: string | null
  readonly warnings: readonly string[]
  close(): Promise<void>
}

export interface DevOptions {
  /** Takes the log, JSON lines. */
  readonly err: (line: string) => void
  /** Takes the messages that a provider would have sent, with their codes. Default: nobody; the journal shows them too. */
  readonly out?: (line: string) => void
  /** Folder of the built phone simulator. Default: that of `@weapp-auth/web`. */
  readonly phone?: string
  /** Folder of the built console. Default: that of this package. */
  readonly console?: string
  /** Mini programs that the phone offers besides the one it brings: folders, or `name=folder`. Default: none. */
  readonly projects?: readonly string[]
}

/** A browser keeps its streams open for ever: in development they are cut soon. */
const graceMs = 500

/**
 * Starts everything on this machine: the server with its database, WeChat's emulator, the phone simulator.
 *
 * @throws CliFault, after everything that was started has been stopped again.
 * @example
 * const dev = await startDev(readConfig({ PORT: '0', EMULATOR_PORT: '0' }), { err: line => lines.push(line) })
 * const answer = await fetch(`${dev.url}/healthz`)
 * await dev.close()
 */
export async function startDev(config: Config, options: DevOptions): Promise<Dev> {
  if (config.production) throw notInProduction()
  const [{ createEmulator }, { createDevPrograms }, { createTestPush }, phone] = await loadDevelopment(() =>
    Promise.all([
      import('@weapp-auth/emulator'),
      import('./dev-programs.ts'),
      import('./test-push.ts'),
      options.phone ?? phoneFolder(),
    ]),
  )
  const undo = createUndoList()
  // What requests need is closed after the ports.
  const behind = createUndoList()
  undo.add(behind.run)
  try {
    const { host } = config
    const door = createFetchDoor()
    const listener = await listen({ fetch: door.handle, host, port: config.port, portFlag: '--port' })
    undo.add(() => listener.close(graceMs))
    const wechatDoor = createFetchDoor()
    const alone = await listen({
      fetch: wechatDoor.handle,
      host,
      port: config.emulatorPort,
      portFlag: '--emulator-port',
    })
    undo.add(() => alone.close(graceMs))

    const { keyring, warnings } = await openKeyringFile(config.keys, { create: true, strict: false })
    const store = await openStore(config.database)
    behind.add(() => store.close())
    const push = { ...demoPush, url: `${listener.url}/v1/wechat/push/${demoApp.appId}` }
    const emulator = createEmulator({ apps: [{ ...demoApp, push }], people: demoPeople })
    behind.add(() => emulator.close())
    wechatDoor.open(request => emulator.fetch(request))

    const operatorConsole = config.console ? consoleOf(config.issuer ?? listener.url) : null
    const journal = createDevJournal()
    const { clock } = emulator.control
    behind.add(emulator.control.journal.subscribe(entry => journal.add({ source: 'wechat', entry })))
    const server = await startService(
      {
        apps: [
          {
            appId: demoApp.appId,
            name: demoApp.name,
            openData: 'enforce',
            phoneConflict: config.phoneConflict,
            sms: 'on',
            // Whoever tries it out wants to see it happen.
            push: { ...demoPush, delayMs: 0 },
            // The pages of examples/sources run here too; nobody but this machine can reach them.
            legacy: { formats: legacyFormats },
          },
        ],
        operators: operatorsOf(config, emptyConfigFile),
        ...(operatorConsole && { console: operatorConsole }),
        wechat: { apps: [demoApp], fetch: request => emulator.fetch(request), sendOpenId: config.sendOpenId },
        sms: createPrintingSms({
          environment: config.production ? 'production' : 'development',
          print(sms) {
            options.out?.(`短信 / SMS ${sms.masked}: ${sms.code}`)
            journal.add({ source: 'server', at: clock.now(), event: sms })
          },
        }),
        trace: config.trace,
        simulator: '/phone/',
        store,
        keyring,
        testPush: createTestPush(emulator, demoPeople),
        avatars: { storage: createDiskAvatars({ folder: join(config.data, 'avatars') }) },
        issuer: config.issuer ?? listener.url,
        log: createRequestLog(config.logLevel ?? 'warn', { write: line => options.err(line.trimEnd()) }),
        observe: event => journal.add({ source: 'server', at: clock.now(), event }),
        // One time for both: when the clock of WeChat is moved, watermarks and tokens must move with it.
        clock,
      },
      behind,
    )
    undo.add(() => journal.close())
    door.open(
      createDevSite({
        server: request => server.fetch(request),
        emulator: request => emulator.fetch(request),
        journal: journal.fetch,
        programs: createDevPrograms(options.projects ?? []).fetch,
        phone,
        console: createConsoleSite(options.console),
      }),
    )
    const invitation = (await server.inviteFirstOperator())?.link ?? null
    return { url: listener.url, emulatorUrl: alone.url, emulator, warnings, invitation, close: undo.run }
  } catch (error) {
    await undo.run().catch(() => undefined)
    throw error
  }
}

function phoneFolder(): string {
  const require = createRequire(import.meta.url)
  const folder = join(dirname(require.resolve('@weapp-auth/web/package.json')), 'dist', 'phone')
  if (existsSync(join(folder, 'index.html'))) return folder
  throw new CliFault('unavailable', {
    zh: '手机模拟器页面还没有编译。在代码仓库中请执行 npm start 或 npm run build。',
    en: 'The pages of the phone simulator are not built. In a clone of the repository run npm start or npm run build.',
  })
}

function notInProduction(): CliFault {
  return new CliFault('config', {
    zh: 'NODE_ENV=production 时不会启动微信模拟器和演示账号。请设置 WEAPP_APPID 与 WEAPP_SECRET 后使用 serve，或去掉 NODE_ENV。',
    en: 'The WeChat emulator and its demo accounts do not start with NODE_ENV=production. Set WEAPP_APPID and WEAPP_SECRET and use serve, or unset NODE_ENV.',
  })
}
