import { createEmulator } from '@weapp-auth/emulator'
import { CliFault } from './cli-fault.ts'
import { demoApp, demoPeople } from './demo.ts'
import { listen } from './listen.ts'
import { readConfig } from './read-config.ts'
import { readFlags } from './read-flags.ts'
import type { Terminal } from './terminal.ts'

export const emulateFlags = { port: 'PORT', host: 'ADDRESS' } as const

/** `weapp-auth emulate`: WeChat's emulator alone, for a server in any language, until it is stopped. */
export async function emulate(args: readonly string[], terminal: Terminal): Promise<void> {
  const { port, ...flags } = readFlags('emulate', args, emulateFlags)
  const config = readConfig(terminal.env, port === undefined ? flags : { ...flags, 'emulator-port': port })
  if (config.production) throw notInProduction()
  const emulator = createEmulator({ apps: [demoApp], people: demoPeople })
  const listener = await listen({
    fetch: request => emulator.fetch(request),
    host: config.host,
    port: config.emulatorPort,
    portFlag: '--port',
  }).catch(error => {
    emulator.close()
    throw error
  })
  terminal.out(welcome(listener.url))
  await terminal.untilStopped()
  const closed = listener.close(500)
  emulator.close()
  await closed
}

function notInProduction(): CliFault {
  return new CliFault('config', {
    zh: 'NODE_ENV=production 时不会启动微信模拟器。',
    en: 'The WeChat emulator does not start with NODE_ENV=production.',
  })
}

function welcome(url: string): string {
  const people = demoPeople.map(({ id, name }) => `${id} (${name})`).join(', ')
  return `
微信模拟器已启动 / the WeChat emulator is running

  代替 / in place of https://api.weixin.qq.com   ${url}
  appid ${demoApp.appId}   secret ${demoApp.secret}
  用户 / people   ${people}
  控制 / control  ${url}/_emulator/state

取得登录 code / get a login code:
  curl -d '{"appId":"${demoApp.appId}","personId":"${demoPeople[0]?.id}"}' -H 'content-type: application/json' ${url}/_emulator/wx/login
`
}
