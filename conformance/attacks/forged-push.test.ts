import { pushSignature } from '@weapp-auth/protocol/wechat'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { caseCount } from './case-count.ts'
import { app, openTarget } from './open-target.ts'

/*
 * A23: whoever can make the server believe in a cancellation deletes accounts. An attacker who overheard one genuine
 * message, and knows everything but the token and the key, sends what is near it; and WeChat sends the same five times.
 */

const people = [{ id: 'lin', name: 'Lin', phones: [{ number: '13800138000' }] }]
const push = { token: 'OnlyForTheAttacks', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }
const minutes = (count: number) => count * 60_000

/** WeChat pushes to the server, through somebody who keeps a copy and may keep the message to himself. */
async function openOverheard(format: 'json' | 'xml', pass: boolean) {
  const kept: Request[] = []
  const target = await openTarget({
    people,
    policy: { push },
    server: { limits: { perIp: 'off' } },
    emulator: {
      deliver(request) {
        kept.push(request.clone())
        return pass ? fetch(request) : Promise.resolve(new Response('success'))
      },
    },
  })
  const url = `${target.url}/v1/wechat/push/${app.appId}`
  target.emulator.control.push.configure(app.appId, { ...push, mode: 'secure', format, url })
  await target.logIn('lin')
  const cancel = () =>
    target.emulator.control.push.send(app.appId, { event: 'user_authorization_cancellation', personId: 'lin' })
  return { target, url, kept, cancel }
}

interface Message {
  readonly query: Readonly<Record<string, string>>
  readonly body: string
}

/** What is near a genuine message; each is certainly another one where it counts. */
function near({ query, body }: Message) {
  const encrypt = /(?:"Encrypt":"|<Encrypt><!\[CDATA\[)([^"\]]+)/.exec(body)?.[1] ?? ''
  const at = fc.nat(encrypt.length - 1)
  const char = fc.constantFrom(...'ABCDXYZabcdxyz0123456789+/=-_ <>&"')
  const inBody = (text: string) => ({ query, body: body.replace(encrypt, () => text) })
  const inQuery = (field: string, value: string) => ({ query: { ...query, [field]: value }, body })
  const field = fc.constantFrom('timestamp', 'nonce', 'msg_signature')
  const block = fc.nat(Math.floor(encrypt.length / 64))
  // What the attacker would like to be signed with: everything but the token.
  const guessed = fc.string().map(token => pushSignature({ token, timestamp: '', nonce: '', ...query, encrypt }))
  return fc
    .oneof(
      fc.tuple(at, char).map(([place, by]) => inBody(encrypt.slice(0, place) + by + encrypt.slice(place + 1))),
      fc.tuple(at, at).map(([from, to]) => inBody(encrypt.slice(from, to))),
      fc.tuple(block, block).map(([one, other]) => inBody(swap(encrypt, one * 64, other * 64))),
      fc.string().map(text => inBody(text)),
      fc.tuple(field, fc.string()).map(([name, value]) => inQuery(name, value)),
      fc.tuple(field, fc.nat(40), char).map(([name, place, by]) => {
        const text = query[name] ?? ''
        return inQuery(name, text.slice(0, place) + by + text.slice(place + 1))
      }),
      guessed.map(signature => inQuery('msg_signature', signature)),
      guessed.map(signature => ({
        query: { timestamp: query.timestamp ?? '', nonce: query.nonce ?? '', signature },
        body,
      })),
      fc.constantFrom('timestamp', 'nonce', 'msg_signature').map(gone => ({
        query: Object.fromEntries(Object.entries(query).filter(([name]) => name !== gone)),
        body,
      })),
      fc.constantFrom('user_authorization_cancellation', 'user_authorization_revoke').map(Event => ({
        query,
        body: JSON.stringify({ ToUserName: app.appId, MsgType: 'event', Event, RevokeInfo: '8', OpenID: 'o' }),
      })),
    )
    .filter(one => one.body !== body || JSON.stringify(one.query) !== JSON.stringify(query))
}

function swap(text: string, one: number, other: number): string {
  const pieces = text.match(/.{1,64}/g) ?? []
  const [a, b] = [pieces[one / 64], pieces[other / 64]]
  return pieces.map((piece, at) => (at === one / 64 ? b : at === other / 64 ? a : piece)).join('')
}

describe.each(['json', 'xml'] as const)('in %s', format => {
  test('of all messages near a genuine one none is accepted, and nobody is erased', {
    timeout: 3_600_000,
  }, async () => {
    const { target, kept, cancel } = await openOverheard(format, false)
    await cancel()
    const [genuine] = kept
    if (!genuine) throw new Error('nothing was pushed')
    const { search } = new URL(genuine.url)
    const query = Object.fromEntries(new URLSearchParams(search))
    const message = { query, body: await genuine.text() }
    const path = new URL(genuine.url).pathname
    const sent = (one: Message) =>
      target.server.fetch(
        new Request(`https://auth.example.com${path}?${new URLSearchParams(one.query)}`, {
          method: 'POST',
          body: one.body,
        }),
      )
    let accepted = 0
    const property = fc.asyncProperty(near(message), async one => {
      const { status } = await sent(one)
      if (status !== 403) accepted += 1
      expect([status, one]).toEqual([403, one])
    })
    await fc.assert(property, { numRuns: caseCount(3000, 100_000) })
    expect(accepted).toBe(0)
    target.clock.advance(minutes(4))
    expect(await target.server.work()).toBe(0)
    expect(target.events.filter(({ type }) => type === 'push-received')).toEqual([])

    // The genuine one, kept back until now, is still good: the attacker's noise did not spend it.
    expect((await sent(message)).status).toBe(200)
    target.clock.advance(minutes(10))
    expect(await target.server.work()).toBe(1)
  })

  test('one event delivered five times, signed anew or copied, has one effect', async () => {
    const { target, kept, cancel } = await openOverheard(format, true)
    const { user } = await target.logIn('lin')
    const reports = await Promise.all([cancel(), cancel(), cancel(), cancel(), cancel()])
    expect(reports.every(({ accepted }) => accepted)).toBe(true)
    const copies = await Promise.all(kept.map(request => fetch(new Request(request))))
    expect(copies.map(({ status }) => status)).toEqual(kept.map(() => 200))
    target.clock.advance(minutes(10))
    expect(await target.server.work()).toBe(1)
    expect(await target.server.work()).toBe(0)
    const done = target.events.flatMap(event => (event.type === 'job-done' ? [event.erased] : []))
    expect(done).toMatchObject([{ accounts: 1 }])
    expect((await target.logIn('lin')).user.id).not.toBe(user.id)
  })
})
