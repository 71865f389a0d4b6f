import { createEmulator, type EmulatorOptions } from '@weapp-auth/emulator'
import { onTestFinished } from 'vitest'
import { demoApp, demoPeople } from '../src/demo.ts'
import { listen } from '../src/listen.ts'
import { runCommand } from '../src/run-command.ts'
import { createFakeTerminal } from './fake-terminal.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** The emulator behind a real port, in the place of WeChat. `asked` holds what it was asked, as text. */
export async function openWechat(options: Partial<EmulatorOptions> = {}) {
  const emulator = createEmulator({ apps: [demoApp], people: demoPeople, ...options })
  const asked: string[] = []
  async function fetch(request: Request) {
    asked.push(await request.clone().text())
    return emulator.fetch(request)
  }
  const listener = await listen({ fetch, host: '127.0.0.1', port: 0, portFlag: '' })
  onTestFinished(async () => {
    emulator.close()
    await listener.close(0)
  })
  const codeOf = async (personId: string, appId = demoApp.appId) => {
    const { code } = (await emulator.wx(personId, appId).wx.login()) as { code: string }
    return code
  }
  return { url: listener.url, emulator, asked, codeOf }
}

/** `weapp-auth serve` in this process, on a free port and with a folder of its own. */
export async function runServe(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const data = await temporaryFolder()
  const fake = createFakeTerminal({ PORT: '0', EMULATOR_PORT: '0', WEAPP_DATA: data, ...env })
  const ended = runCommand(['serve', ...args], fake.terminal)
  onTestFinished(async () => {
    fake.stop()
    fake.resume()
    await ended
  })
  return { ...fake, ended, data }
}
