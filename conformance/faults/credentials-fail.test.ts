import { describe, expect, test } from 'vitest'
import { type Flow, flows } from './flows.ts'
import { asUsual, type Promised } from './go-through.ts'
import { inWorld } from './in-world.ts'
import type { World } from './open-world.ts'
import { shop } from './people.ts'

const misconfigured: Promised = { answers: ['503 app_misconfigured'] }
const takesToken = ({ id }: Flow) => id === 'phone-code' || id === 'phone-data'

const asked = ({ wire }: World, path: string) => wire.passed.filter(one => one.path.endsWith(path)).length
const work = (world: World) => asked(world, '/getuserphonenumber') + asked(world, '/checkencryptedmsg')

/** Somebody else takes a new access_token by force, which kills ours. */
async function killToken({ emulator }: World): Promise<void> {
  const { appId: appid, secret } = shop
  const body = JSON.stringify({ grant_type: 'client_credential', appid, secret, force_refresh: true })
  const request = new Request('https://api.weixin.qq.com/cgi-bin/stable_token', { method: 'POST', body })
  expect(await (await emulator.fetch(request)).json()).toHaveProperty('access_token')
}

describe.each(flows)('$id', { timeout: 60_000 }, flow => {
  test('F8: the access_token dies in mid-flight', async () => {
    const mends: readonly ((world: World) => Promise<void> | void)[] = [
      killToken,
      ...[42001, 40014].map(errcode => ({ emulator }: World) => {
        for (const api of ['getPhoneNumber', 'checkEncryptedData'] as const)
          emulator.control.faults.next({ api, fault: { errcode } })
      }),
    ]
    for (const kill of takesToken(flow) ? mends : mends.slice(0, 1)) {
      let before = { tokens: 0, work: 0 }
      await inWorld(flow, {
        promised: asUsual,
        async begin(world) {
          before = { tokens: asked(world, '/stable_token'), work: work(world) }
          await kill(world)
        },
        during(world) {
          // One refresh, and the call once more.
          expect(asked(world, '/stable_token') - before.tokens).toBe(takesToken(flow) ? 1 : 0)
          expect(work(world) - before.work).toBe(takesToken(flow) ? 2 : 0)
        },
      })
    }
  })

  test('F8: a new access_token is refused like the old one', async () => {
    let before = 0
    await inWorld(flow, {
      promised: takesToken(flow) ? misconfigured : asUsual,
      begin(world) {
        before = work(world)
        for (const api of ['getPhoneNumber', 'checkEncryptedData'] as const)
          world.emulator.control.faults.next({ api, fault: { errcode: 40001 }, times: 'forever' })
      },
      during(world) {
        expect(work(world) - before).toBe(takesToken(flow) ? 2 : 0)
        if (!takesToken(flow)) return
        const alarm = world.lines
          .map(line => JSON.parse(line))
          .filter(({ msg, level }) => msg === 'fault' && level >= 50)
        expect(alarm).toMatchObject([{ code: 'app_misconfigured', errcode: 40001 }])
        // Never by force: that would kill the token of everybody else.
        expect(world.wire.passed.some(({ body }) => body.includes('"force_refresh":true'))).toBe(false)
      },
    })
  })

  test.each([40125, 40013])('F9: wrong credentials, errcode %i', async errcode => {
    let before = 0
    await inWorld(flow, {
      isCold: true,
      promised: flow.asksWechat ? misconfigured : asUsual,
      begin({ upstream, emulator }) {
        before = upstream.length
        emulator.control.faults.next({ api: '*', fault: { errcode }, times: 'forever' })
      },
      async during({ upstream }, answer, attempt) {
        for (let more = 0; more < 5; more += 1) expect((await attempt.send()).status).toBe(answer.status)
        expect(upstream.length - before).toBe(flow.asksWechat ? 1 : 0)
      },
      // A minute later WeChat is asked again.
      end: ({ timer }) => timer.pass(60_000),
    })
  })
})
