import { type IntrospectionAnswer, routes, type TokenAnswer, type Tokens } from '@weapp-auth/protocol/contract'
import { describe, expect, test } from 'vitest'
import { openTarget } from './open-target.ts'

/*
 * A21: somebody has a copy of the owner's refresh token, alone or with the whole request (nonce included), as a copied
 * storage or a recorded request gives it. Owner and thief refresh twice each, in each of the six orders: twelve
 * stories. However it goes, in the end nobody has a token that works, and the server has told of it once.
 */

const orders = ['OOTT', 'OTOT', 'OTTO', 'TTOO', 'TOTO', 'TOOT'] as const
const copies = ['the token', 'the whole request'] as const
const matrix = copies.flatMap(copy => orders.map(order => ({ copy, order })))

const lin = { id: 'lin', name: 'Lin', phones: [] }
const backend = { id: 'orders', secret: 'only-for-the-attack-0123456789abcdef' }

/** One who holds a refresh token, and what will be sent with it. */
interface Holder {
  refreshToken: string
  nonce: string
}

describe('a stolen refresh token', () => {
  test('there are twelve stories', () => {
    expect(new Set(matrix.map(({ copy, order }) => `${copy} ${order}`)).size).toBe(12)
  })

  test.each(matrix)('ends for both: the thief has $copy, and they refresh in the order $order', async row => {
    const target = await openTarget({ people: [lin], server: { backends: [backend] } })
    const { tokens } = await target.logIn('lin')
    const given: Tokens[] = [tokens]
    const owner: Holder = { refreshToken: tokens.refreshToken, nonce: target.nonce() }
    const thief: Holder = {
      refreshToken: tokens.refreshToken,
      nonce: row.copy === 'the token' ? target.nonce() : owner.nonce,
    }

    const codes: unknown[] = []
    for (const who of row.order) {
      const holder = who === 'O' ? owner : thief
      const { status, body } = await target.post<TokenAnswer & { code?: string }>(routes.token, { ...holder })
      codes.push(status === 200 ? 'rotated' : body.code)
      if (status !== 200) continue
      given.push(body.tokens)
      holder.refreshToken = body.tokens.refreshToken
      holder.nonce = target.nonce()
    }

    // Noticed by the end at the latest, told once, and from then on nobody was given anything.
    expect(codes.filter(code => code === 'refresh_reused')).toHaveLength(1)
    const noticed = codes.indexOf('refresh_reused')
    expect(codes.slice(noticed + 1).every(code => code === 'refresh_invalid')).toBe(true)
    const ends = target.events.flatMap(event => (event.type === 'session-ended' ? [event.reason] : []))
    expect(ends).toEqual(['refresh-reused'])

    const headers = {
      authorization: `Basic ${Buffer.from(`${backend.id}:${backend.secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    }
    for (const { accessToken, refreshToken } of given) {
      expect(await target.get(routes.me, accessToken)).toMatchObject({ status: 401 })
      const again = await target.post(routes.token, { refreshToken, nonce: target.nonce() })
      expect(again).toMatchObject({ status: 401, body: { code: 'refresh_invalid' } })
      for (const token of [accessToken, refreshToken]) {
        const init = { method: 'POST', headers, body: new URLSearchParams({ token }) }
        expect((await target.send<IntrospectionAnswer>(routes.introspect, init)).body).toEqual({ active: false })
      }
    }
    // The owner only has to open the mini program.
    const back = await target.logIn('lin')
    expect(await target.get(routes.me, back.tokens.accessToken)).toMatchObject({ status: 200 })
  })
})
