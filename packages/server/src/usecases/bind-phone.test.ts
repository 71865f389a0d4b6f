import { describe, expect, it } from 'vitest'
import { expectProblem, newNonce, openServer } from '../../test/open-server.ts'

const one = '+8613800138000'

/** A user whose tap brought both a code and a ciphertext. */
async function tap(openData: 'off' | 'enforce' | 'unchecked') {
  const server = openServer({ openData })
  const login = await server.logIn()
  const { person, loginId } = login
  const { wechat } = server
  const body = { code: wechat.phoneCode(person, one), ...wechat.phoneData(person, one), loginId, nonce: newNonce() }
  return { ...server, ...login, body }
}

describe('a tap that brought code and ciphertext', () => {
  it('is settled by the code', async () => {
    const { phone, body, token, wechat } = await tap('enforce')
    expect((await phone(body, token)).body.phone.source).toBe('phone-code')
    expect(wechat.calls.checkEncryptedData).toBe(0)
  })

  it.each([
    ['cannot be reached', false],
    ['may have spent the code', true],
  ])('is settled by the ciphertext when WeChat %s', async (_, happens) => {
    const { phone, body, token, wechat } = await tap('unchecked')
    wechat.failNext('phoneByCode', 'unavailable', { happens })
    const first = await phone(body, token)
    expect(first.body).toMatchObject({ change: 'bound', phone: { number: one, source: 'open-data' } })
    expect((await phone(body, token)).text).toBe(first.text)
    expect(wechat.calls.phoneByCode).toBe(1)
    expectProblem(await phone({ ...body, nonce: newNonce() }, token), 409, 'phone_code_consumed')
  })

  it('is settled by the ciphertext when the code is no longer good', async () => {
    const { phone, body, token } = await tap('enforce')
    expect((await phone({ ...body, code: 'never-issued' }, token)).body.phone.source).toBe('open-data')
  })

  it('meets what the code met when the ciphertext does not help', async () => {
    const { phone, body, token, wechat } = await tap('enforce')
    wechat.failNext('phoneByCode', 'unavailable')
    wechat.failNext('checkEncryptedData', 'unavailable')
    expectProblem(await phone(body, token), 503, 'upstream_unavailable')
    expect((await phone(body, token)).body.phone.source).toBe('phone-code')
  })

  it('is settled by the code alone when open data is off or no login is named', async () => {
    const off = await tap('off')
    off.wechat.failNext('phoneByCode', 'unavailable')
    expectProblem(await off.phone(off.body, off.token), 503, 'upstream_unavailable')
    const { loginId: _, ...nameless } = off.body
    expect((await off.phone(nameless, off.token)).status).toBe(200)
  })
})
