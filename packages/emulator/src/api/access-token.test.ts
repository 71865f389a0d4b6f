import { describe, expect, test } from 'vitest'
import { BOOKS, createWorld, TEA } from '../../test/world.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

/** What a token is worth: an errcode; 0 when it is accepted. The body is refused afterwards, so nothing happens. */
async function worth(world: ReturnType<typeof createWorld>, token: string): Promise<unknown> {
  const { errcode } = await world.phoneByCode('', token)
  return errcode === 44002 ? 0 : errcode
}

describe('GET /cgi-bin/token', () => {
  test('lives for two hours and is then expired, in the words that SDKs look for', async () => {
    const world = createWorld()
    const query = `grant_type=client_credential&appid=${TEA.appId}&secret=${TEA.secret}&neededText=`
    const answer = await world.ask(`/cgi-bin/token?${query}`)
    expect(answer).toEqual({ access_token: expect.stringMatching(/^\d+_[\w-]{133}$/), expires_in: 7200 })
    world.control.clock.advance(2 * HOUR)
    expect(await world.phoneByCode({}, String(answer.access_token))).toEqual({
      errcode: 42001,
      errmsg: expect.stringMatching(/^access_token expired rid: [0-9a-f-]{26}$/),
    })
  })

  test('a new token leaves the old one five minutes', async () => {
    const world = createWorld()
    const [old, current] = [await world.classicToken(), await world.classicToken()]
    expect(current).not.toBe(old)
    world.control.clock.advance(5 * MINUTE - 1)
    expect(await worth(world, old)).toBe(0)
    world.control.clock.advance(1)
    expect(await worth(world, old)).toBe(40001)
    expect(await worth(world, current)).toBe(0)
  })

  test('checks grant_type, appid and secret', async () => {
    const { ask } = createWorld()
    const refusal = async (query: string) => (await ask(`/cgi-bin/token?${query}`)).errcode
    const grant = 'grant_type=client_credential'
    expect(await refusal(`appid=${TEA.appId}&secret=${TEA.secret}`)).toBe(40002)
    expect(await refusal(grant)).toBe(41002)
    expect(await refusal(`${grant}&appid=wx1&secret=${TEA.secret}`)).toBe(40013)
    expect(await refusal(`${grant}&appid=${TEA.appId}`)).toBe(41004)
    expect(await refusal(`${grant}&appid=${TEA.appId}&secret=${BOOKS.secret}`)).toBe(40125)
  })
})

describe('an access_token', () => {
  test('is missing, malformed, never issued: three different errcodes', async () => {
    const world = createWorld()
    expect(await world.post('/wxa/business/getuserphonenumber', {})).toMatchObject({ errcode: 41001 })
    expect(await worth(world, 'ACCESS_TOKEN')).toBe(40014)
    expect(await worth(world, `85_${'x'.repeat(133)}`)).toBe(40001)
  })

  test('is no longer the latest when another process refreshed, and the journal says so', async () => {
    const world = createWorld()
    const tokens = [await world.classicToken(), await world.stableToken()]
    world.control.stealToken(TEA.appId)
    for (const token of tokens) {
      expect(await world.phoneByCode({}, token)).toMatchObject({
        errcode: 40001,
        errmsg: expect.stringMatching(/^invalid credential, access_token is invalid or not latest rid: /),
      })
      expect(world.noted('POST /wxa/business/getuserphonenumber')?.text.en).toContain('another process')
    }
    expect(await worth(world, await world.stableToken())).toBe(0)
  })

  test('can be made to expire, one app at a time', async () => {
    const world = createWorld()
    const [tea, books] = [await world.stableToken(TEA), await world.stableToken(BOOKS)]
    world.control.expireTokens(TEA.appId)
    expect(await worth(world, tea)).toBe(42001)
    expect(await worth(world, books)).toBe(0)
    expect(await world.stableToken(TEA)).not.toBe(tea)
  })
})

describe('POST /cgi-bin/stable_token', () => {
  test('gives the same token with what is left of its time', async () => {
    const { stable, control } = createWorld()
    const first = await stable()
    control.clock.advance(HOUR)
    expect(await stable()).toEqual({ access_token: first.access_token, expires_in: 3600 })
  })

  test('renews when less than five minutes are left, and both tokens work for five minutes', async () => {
    const world = createWorld()
    const old = await world.stableToken()
    world.control.clock.advance(2 * HOUR - 5 * MINUTE)
    expect(await world.stable()).toEqual({ access_token: old, expires_in: 300 })
    world.control.clock.advance(1)
    const renewed = await world.stable()
    expect(renewed.expires_in).toBe(7200)
    expect(renewed.access_token).not.toBe(old)
    world.control.clock.advance(5 * MINUTE - 1)
    expect(await worth(world, old)).toBe(0)
    world.control.clock.advance(1)
    expect(await worth(world, old)).toBe(40001)
    expect(await worth(world, String(renewed.access_token))).toBe(0)
  })

  test('force_refresh kills the old token at once, thirty seconds apart and twenty times a day', async () => {
    const world = createWorld()
    const force = () => world.stable(TEA, { force_refresh: true })
    const old = await world.stableToken()
    const forced = String((await force()).access_token)
    expect(await worth(world, old)).toBe(40001)
    world.control.clock.advance(29_999)
    expect((await force()).access_token).toBe(forced)
    for (let call = 2; call <= 20; call += 1) {
      world.control.clock.advance(30_000)
      expect((await force()).access_token).not.toBe(forced)
    }
    world.control.clock.advance(30_000)
    expect(await force()).toMatchObject({ errcode: 45009 })
    expect(await world.stable()).toHaveProperty('access_token')
  })

  test('is a space of its own beside /cgi-bin/token', async () => {
    const world = createWorld()
    const stable = await world.stableToken()
    const classic = await world.classicToken()
    await world.stable(TEA, { force_refresh: true })
    await world.classicToken()
    world.control.clock.advance(4 * MINUTE)
    expect(await worth(world, classic)).toBe(0)
    expect(await worth(world, stable)).toBe(40001)
  })

  test('reads JSON whatever its Content-Type says', async () => {
    const { post } = createWorld()
    const body = { grant_type: 'client_credential', appid: TEA.appId, secret: TEA.secret }
    for (const type of ['application/json;charset=utf-8', 'text/plain', 'application/x-www-form-urlencoded'])
      expect(await post('/cgi-bin/stable_token', body, { 'content-type': type })).toHaveProperty('access_token')
    const { send } = createWorld()
    const bytes = new TextEncoder().encode(JSON.stringify(body))
    const bare = await send('/cgi-bin/stable_token', { method: 'POST', body: bytes })
    expect(await bare.json()).toHaveProperty('access_token')
  })

  test('refuses GET, an empty body, what is not JSON, and wrong fields', async () => {
    const { ask, post, stable } = createWorld()
    const refusal = async (body: unknown) => (await post('/cgi-bin/stable_token', body)).errcode
    expect(await ask('/cgi-bin/stable_token')).toMatchObject({
      errcode: 43002,
      errmsg: expect.stringMatching(/^require POST method rid: /),
    })
    expect(await refusal('')).toBe(44002)
    expect(await refusal('{')).toBe(47001)
    expect(await refusal('[]')).toBe(47001)
    expect(await refusal({ appid: TEA.appId, secret: TEA.secret })).toBe(40002)
    expect(await refusal({ grant_type: 'client_credential' })).toBe(41002)
    expect(await refusal({ grant_type: 'client_credential', appid: 7 })).toBe(41002)
    expect(await refusal({ grant_type: 'client_credential', appid: TEA.appId })).toBe(41004)
    expect(await stable({ ...TEA, secret: BOOKS.secret })).toMatchObject({ errcode: 40125 })
    expect(await stable(TEA, { force_refresh: 'yes' })).toMatchObject({ errcode: 47001 })
    expect(await refusal(`{"a":"${'x'.repeat(1_048_577)}"}`)).toBe(45002)
  })
})
