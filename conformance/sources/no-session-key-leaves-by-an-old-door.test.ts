import { inspect } from 'node:util'
import type { LegacyFormat } from '@weapp-auth/server'
import { afterEach, expect, test } from 'vitest'
import { app, kwan, lin, minutes } from '../stage.ts'
import { type OldWorld, openOldWorld } from './old-page.ts'

let world: OldWorld
afterEach(() => world.stage.close())

/** A day with every kind of answer: taps, refusals, other phones, replaced keys, nonsense. */
async function liveThroughADay(storage: Map<string, string>) {
  const page = await world.launch(lin, { storage })
  await page.tap()
  await page.tap({ decision: 'deny' })
  await world.wait(minutes(7))
  await world.launch(kwan, { storage: new Map() })
  world.stage.emulator.control.rotateKey(lin.id, app.appId)
  const again = await world.launch(lin, { storage: new Map() })
  await again.tap({ decision: 'allow', phone: 1 })
  for (const path of ['/v1.0/pub/openId', '/code2Session', '/user', '/004/phone'])
    await world.post(path, {
      code: 'never-issued',
      jsCode: 'never-issued',
      sessionID: 'x',
      encryptedData: 'AAAA',
      iv: 'A',
    })
}

test.each<LegacyFormat>(['000', '001', '002', '003a', '003b', '004'])('of %s', async format => {
  world = await openOldWorld(format)
  const storage = new Map<string, string>()
  await liveThroughADay(storage)
  const { stage, answers } = world
  const secrets = [...stage.upstream.join('\n').matchAll(/"(?:session_key|access_token|openid)":"([^"]+)"/g)].map(
    ([, secret = '']) => secret,
  )
  expect(secrets.length).toBeGreaterThan(4)
  const written = [
    ...answers,
    inspect(stage.events, { depth: null, maxArrayLength: null }),
    inspect(stage.emulator.control.journal.entries(), { depth: null, maxArrayLength: null }),
    inspect(storage, { depth: null }),
  ].join('\n')
  expect(written).toContain('wxa_lh_')
  for (const secret of secrets)
    for (const spelling of [secret, encodeURIComponent(secret), secret.replaceAll('+', '-').replaceAll('/', '_')])
      expect(written).not.toContain(spelling)
})
