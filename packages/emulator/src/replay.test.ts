import { sessionSignature } from '@weapp-auth/protocol/wechat'
import { expect, test } from 'vitest'
import { BOOKS, createWorld, LIN, TEA, WANG } from '../test/world.ts'
import { endpointNames, endpointPaths } from './platform/endpoint-paths.ts'

const HELPER = { appId: 'wxcccccccccccccc01', name: '服务商' }

/** Eight hours of two people, two apps, a plug-in and a third-party platform: every answer, byte for byte. */
async function eightHours(seed: number): Promise<readonly string[]> {
  const world = createWorld({ seed, apps: [{ ...TEA, openAccount: 'house' }, BOOKS], minKeyAgeMs: 60_000 })
  const { control } = world
  const told: string[] = []
  const tell = (one: unknown) => void told.push(JSON.stringify(one))
  const ask = async (path: string, init?: RequestInit) => {
    const response = await world.send(path, init)
    told.push(`${path} ${response.headers.get('content-type')} ${await response.text()}`)
  }
  const post = (path: string, body: unknown) => ask(path, { method: 'POST', body: JSON.stringify(body) })

  control.components.put(HELPER)
  control.components.authorize(HELPER.appId, TEA.appId)
  for (let hour = 0; hour < 8; hour += 1) {
    control.clock.advance(3_600_000)
    for (const person of [LIN, WANG])
      for (const app of [TEA, BOOKS]) {
        const phone = world.phone(person.id, app)
        const { openid, session_key } = await world.session(await world.login(person.id, app), app)
        const detail = await phone.tapPhoneButton()
        const token = await world.stableToken(app)
        tell([openid, session_key, detail, token, control.latestUserKey(person.id, app.appId)])
        await post(`/wxa/business/getuserphonenumber?access_token=${token}`, { code: detail.code })
        await post(`/wxa/business/getuserphonenumber?access_token=${token}`, { code: detail.code })
        const signed = `access_token=${token}&openid=${openid}&signature=${sessionSignature(String(session_key))}&sig_method=hmac_sha256`
        await ask(`/wxa/checksession?${signed}`)
        await ask(`/wxa/business/getuserencryptkey?${signed}`)
        if (hour % 5 === 0) await ask(`/wxa/resetusersessionkey?${signed}`)
        const { transactionId } = control.pay(person.id, app.appId)
        await ask(`/wxa/getpaidunionid?access_token=${token}&openid=${openid}&transaction_id=${transactionId}`)
        const code = control.pluginCode(person.id, app.appId, BOOKS.appId)
        await post(`/wxa/getpluginopenpid?access_token=${await world.stableToken(BOOKS)}`, { code })
      }
    const component = `component_appid=${HELPER.appId}&component_access_token=${control.components.token(HELPER.appId)}`
    const query = `appid=${TEA.appId}&js_code=${await world.login()}&grant_type=authorization_code`
    await ask(`/sns/component/jscode2session?${query}&${component}`)
    if (hour % 6 === 0) control.stealToken(TEA.appId)
    control.faults.next({ api: 'code2Session', fault: 'busy', probability: 0.5 })
    for (const api of endpointNames) {
      await ask(`${endpointPaths[api]}?access_token=${await world.stableToken()}`)
      await post(`${endpointPaths[api]}?access_token=${await world.classicToken()}`, { cgi_path: '/wxa/checksession' })
    }
    control.faults.clear()
  }
  tell(control.journal.entries())
  tell(control.snapshot())
  return told
}

test('the same seed and clock give the same bytes, over eight hours and every API', async () => {
  const [first, second, other] = [await eightHours(7), await eightHours(7), await eightHours(8)]
  expect(first.length).toBeGreaterThan(500)
  expect(second).toEqual(first)
  expect(other).not.toEqual(first)
})
