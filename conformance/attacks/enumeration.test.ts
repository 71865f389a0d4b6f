import { randomBytes, randomUUID } from 'node:crypto'
import { type MergeCodeAnswer, routes, type SessionsAnswer } from '@weapp-auth/protocol/contract'
import { describe, expect, test } from 'vitest'
import { openTarget, type Target } from './open-target.ts'

/*
 * A30: whoever guesses an id learns nothing from the answer: what never was, what is somebody else's and what is over
 * are one answer, byte for byte but for the number of the request; and ids have nothing to count on.
 */

const people = ['lin', 'mo'].map((id, at) => ({ id, name: id, phones: [{ number: `1380013800${at}` }] }))
const guesses = 10_000

/** One answer without what is different in each. */
const said = ({ status, text }: { status: number; text: string }) =>
  `${status} ${text.replace(/"requestId":"[^"]*"/, '"requestId":""')}`

async function openScene() {
  const sms = { name: 'kept', send: async () => ({ status: 'sent', messageId: '1' }) as const }
  const policy = { sms: 'on', openData: 'enforce' } as const
  const target = await openTarget({ people, policy, server: { sms, limits: { perIp: 'off', perUser: 'off' } } })
  const [lin, mo] = await Promise.all(people.map(({ id }) => target.logIn(id)))
  if (!lin || !mo) throw new Error('nobody logged in')
  return { target, lin, mo, token: mo.tokens.accessToken }
}

/** Ids near one that exists, and others: the next, the one before, with other random bits, and of nobody. */
function* near(id: string): Generator<string> {
  for (;;) {
    const at = 24 + Math.floor(Math.random() * 12)
    const by = Math.floor(Math.random() * 16).toString(16)
    if (id[at] !== by) yield id.slice(0, at) + by + id.slice(at + 1)
    yield randomUUID()
  }
}

const endSession = (target: Target, id: string, token: string) =>
  target.send(`${routes.mySessions}/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })

test('10,000 guesses get one answer', async () => {
  const { target, lin, token } = await openScene()
  const { body } = await target.get<SessionsAnswer>(routes.mySessions, lin.tokens.accessToken)
  const [session] = body.sessions
  if (!session) throw new Error('no session')
  const ids = near(session.id)
  const answers = new Set<string>([said(await endSession(target, session.id, token))])
  for (let at = 0; at < guesses; at += 50) {
    const batch = Array.from({ length: 50 }, async () => {
      const url = `https://auth.example.com${routes.mySessions}/${ids.next().value}`
      const init = { method: 'DELETE', headers: { authorization: `Bearer ${token}` } }
      const answer = await target.server.fetch(new Request(url, init))
      return said({ status: answer.status, text: await answer.text() })
    })
    for (const answer of await Promise.all(batch)) answers.add(answer)
  }
  expect(answers.size).toBe(1)
  // Lin's is still there.
  expect(await target.get(routes.me, lin.tokens.accessToken)).toMatchObject({ status: 200 })
}, 300_000)

/** What each guess names: something of Lin, and what never was. */
const doors: Readonly<Record<string, (scene: Awaited<ReturnType<typeof openScene>>) => Promise<readonly string[]>>> = {
  'a login that a ciphertext is sent for': async ({ target, lin, token }) => {
    const { code: _, ...sealed } = await target.tap('lin')
    return Promise.all(
      [lin.loginId, randomUUID()].map(async loginId =>
        said(await target.post(routes.phone, { ...sealed, loginId, nonce: target.nonce() }, token)),
      ),
    )
  },
  'a login that a profile is sent for': async ({ target, lin, token }) =>
    Promise.all(
      [lin.loginId, randomUUID()].map(async loginId =>
        said(await target.post(routes.profileOpenData, { loginId, rawData: '{}', signature: 'x' }, token)),
      ),
    ),
  'a message with a code': async ({ target, lin, token }) => {
    const asked = { number: '+8613800138000', nonce: target.nonce() }
    const { body } = await target.post<{ smsId: string }>(routes.sms, asked, lin.tokens.accessToken)
    return Promise.all(
      [body.smsId, randomUUID()].map(async smsId =>
        said(await target.post(routes.smsVerify, { smsId, code: '000000', nonce: target.nonce() }, token)),
      ),
    )
  },
  'a merge': async ({ target, lin, token }) => {
    const merges = [lin.user.id, randomUUID()]
    return Promise.all(merges.map(async mergeId => said(await target.post(routes.mergeUndo, { mergeId }, token))))
  },
  'a code of a merge, changed': async ({ target, lin, token }) => {
    const { body } = await target.post<MergeCodeAnswer>(routes.mergeCode, {}, lin.tokens.accessToken)
    const changed = body.code.slice(0, -2) + (body.code.endsWith('AA') ? 'BB' : 'AA')
    const invented =
      body.code.slice(0, 7) +
      randomBytes(60)
        .toString('base64url')
        .slice(0, body.code.length - 7)
    return Promise.all(
      [changed, invented].map(async code => said(await target.post(routes.mergePreview, { code }, token))),
    )
  },
  'a refresh token': async ({ target, lin }) => {
    const { refreshToken } = lin.tokens
    const changed = refreshToken.slice(0, -2) + (refreshToken.endsWith('AA') ? 'BB' : 'AA')
    return Promise.all(
      [changed, `wxa_rt_${randomBytes(40).toString('base64url')}`].map(async refreshToken =>
        said(await target.post(routes.token, { refreshToken, nonce: target.nonce() })),
      ),
    )
  },
}

describe('a guess', () => {
  test.each(Object.entries(doors))(
    'what belongs to somebody else is answered like what never was: %s',
    async (_, knock) => {
      const answers = await knock(await openScene())
      expect(answers).toHaveLength(2)
      expect(answers[0]).toMatch(/^4\d\d /)
      expect(answers[0]).toBe(answers[1])
    },
  )
})

test('ids of one moment have 40 random bits each', async () => {
  const { target } = await openScene()
  const logins = await Promise.all(Array.from({ length: 50 }, () => target.logIn('mo')))
  // The last ten digits of each; in front of them UUIDs of one millisecond are in order (RFC 9562, version 7).
  const tails = logins.map(({ loginId }) => loginId.slice(-10))
  expect(new Set(tails).size).toBe(logins.length)
  for (let at = 0; at < 10; at += 1) expect(new Set(tails.map(tail => tail[at])).size).toBeGreaterThan(4)
}, 60_000)
