import { expect, test } from 'vitest'
import { BOOKS, createWorld, TEA } from '../../test/world.ts'

const WEEK = 604_800_000

function createSupport(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options)
  const ask = async (rid: unknown, app = TEA) =>
    world.post(`/cgi-bin/openapi/rid/get?access_token=${await world.stableToken(app)}`, { rid })
  const refusedRid = async () =>
    String((await world.phoneByCode({ code: 'never-issued', openid: 'o1' })).errmsg).slice(-26)
  return { ...world, askRid: ask, refusedRid }
}

test('tells what the refused call was, without its secrets', async () => {
  const { askRid, refusedRid, stableToken, control } = createSupport()
  const token = await stableToken()
  const rid = await refusedRid()
  const { request } = (await askRid(rid)) as { request: Record<string, unknown> }
  expect(request).toEqual({
    invoke_time: Math.floor(control.clock.now() / 1000),
    cost_in_ms: expect.any(Number),
    request_url: `access_token=${token.slice(0, 6)}xxxx`,
    request_body: '{"code":"never-xxxx","openid":"o1"}',
    response_body: expect.stringContaining(rid),
    client_ip: '127.0.0.1',
  })
})

test('secrets of every kind are cut, and a body that is not JSON is left out', async () => {
  const { askRid, post } = createSupport()
  const refused = await post('/cgi-bin/clear_quota/v2', { appid: TEA.appId, appsecret: BOOKS.secret })
  const { request } = (await askRid(String(refused.errmsg).slice(-26))) as { request: { request_body: string } }
  expect(request.request_body).toBe(`{"appid":"${TEA.appId}","appsecret":"fedcbaxxxx"}`)
  const { errmsg } = await post(`/wxa/business/checkencryptedmsg?access_token=${await createToken()}`, 'secret=hidden')
  const { request: second } = (await askRid(String(errmsg).slice(-26))) as { request: { request_body: string } }
  expect(second.request_body).toBe('(not JSON)')

  async function createToken() {
    const answer = await post('/cgi-bin/stable_token', {
      grant_type: 'client_credential',
      appid: TEA.appId,
      secret: TEA.secret,
    })
    return String(answer.access_token)
  }
})

test('for seven days and for the same account', async () => {
  const { askRid, refusedRid, control } = createSupport()
  const rid = await refusedRid()
  expect(await askRid(rid, BOOKS)).toMatchObject({ errcode: 76003 })
  control.clock.advance(WEEK)
  expect(await askRid(rid)).toMatchObject({ errcode: 0 })
  control.clock.advance(1000)
  expect(await askRid(rid)).toMatchObject({ errcode: 76004 })
})

test('refuses what is no rid, one that never was, and those of sns and of nobody', async () => {
  const { askRid, session, phoneByCode } = createSupport()
  for (const rid of ['', 'x', 7, undefined]) expect(await askRid(rid)).toMatchObject({ errcode: 76002 })
  expect(await askRid('6b000000-00000000-00000000')).toMatchObject({ errcode: 76001 })
  expect(await askRid(String((await session('x')).errmsg).slice(-26))).toMatchObject({ errcode: 76022 })
  expect(await askRid(String((await phoneByCode({}, 'malformed')).errmsg).slice(-26))).toMatchObject({ errcode: 76003 })
})

test('errmsg can be written as before 2020, with a req_id instead of a rid', async () => {
  const { session, phoneByCode } = createSupport({ errmsgIds: 'req_id' })
  const form = /^invalid code, hints: \[ req_id: [\w-]{16} \]$/
  expect((await session('x')).errmsg).toMatch(form)
  expect((await phoneByCode({ code: 'x' })).errmsg).toMatch(form)
})
