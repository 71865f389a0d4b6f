import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator } from '@weapp-auth/emulator'
import { onTestFinished } from 'vitest'
import { runCommand } from 'weapp-auth'
import { listen } from '../listen.ts'
import { lin, mo, shop } from './people.ts'

/** `weapp-auth serve` as operators start it, on a free port, until the test is finished. Resolves with its origin. */
export async function runServe(): Promise<string> {
  const emulator = createEmulator({ apps: [shop], people: [lin, mo] })
  const wechat = await listen(request => emulator.fetch(request))
  const data = await mkdtemp(join(tmpdir(), 'weapp-auth-slow-'))
  let stop: () => void = () => {}
  const stopped = new Promise<'SIGINT'>(resolve => {
    stop = () => resolve('SIGINT')
  })
  let ended: Promise<unknown> = Promise.resolve()
  onTestFinished(async () => {
    stop()
    await ended
    emulator.close()
    await wechat.close()
    await rm(data, { recursive: true, force: true })
  })
  return new Promise((resolve, reject) => {
    ended = runCommand(['serve'], {
      env: {
        PORT: '0',
        WEAPP_DATA: data,
        WEAPP_APPID: shop.appId,
        WEAPP_SECRET: shop.secret,
        WECHAT_BASE_URL: wechat.origin,
      },
      out() {},
      err(text) {
        const [origin] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? []
        if (origin) resolve(origin)
      },
      readInput: async () => '',
      onHangUp() {},
      untilStopped: () => stopped,
      pause: async () => {},
    }).then(code => reject(new Error(`serve ended with ${code}`)))
  })
}
