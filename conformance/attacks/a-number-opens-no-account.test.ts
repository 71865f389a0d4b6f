import type { EmulatedPerson } from '@weapp-auth/emulator'
import type { LoginAnswer, SessionsAnswer } from '@weapp-auth/protocol/contract'
import { routes } from '@weapp-auth/protocol/contract'
import type { SmsMessage } from '@weapp-auth/server'
import { describe, expect, test } from 'vitest'
import { app, openTarget } from './open-target.ts'

/*
 * A17: a carrier gave the number of Lin to Ming, who proves it in every way there is: it never opens what is Lin's.
 */

const number = '13800138000'
const lin: EmulatedPerson = { id: 'lin', name: 'Lin', phones: [{ number }] }
const ming: EmulatedPerson = { id: 'ming', name: 'Ming', phones: [{ number }] }
const days = (count: number) => count * 24 * 60 * 60_000

describe.each(['keep-both', 'reject', 'transfer'] as const)('with phoneConflict %s', phoneConflict => {
  test.each([30, 60])('no way of proving a recycled number opens the former account, %i days later', async age => {
    const sent: SmsMessage[] = []
    const sms = {
      name: 'kept',
      async send(message: SmsMessage) {
        sent.push(message)
        return { status: 'sent', messageId: '1' } as const
      },
    }
    const policy = { phoneConflict, openData: 'enforce', sms: 'on' } as const
    const target = await openTarget({ people: [lin, ming], policy, server: { sms } })
    const former = await target.logIn('lin')
    const first = { code: (await target.tap('lin')).code, nonce: target.nonce() }
    expect(await target.post(routes.phone, first, former.tokens.accessToken)).toMatchObject({ status: 200 })

    target.clock.advance(days(age))
    const thief = await target.logIn('ming')
    const token = thief.tokens.accessToken
    const { nonce, post } = target
    const proof = { appId: app.appId, code: await target.codeOf('ming'), phone: await target.tap('ming') }
    const both = await post<Partial<LoginAnswer>>(routes.loginPhone, { ...proof, nonce: nonce() })
    const { code: _, ...sealed } = await target.tap('ming')
    const answers = [
      both,
      await post(routes.phone, { code: (await target.tap('ming')).code, nonce: nonce() }, token),
      await post(routes.phone, { ...sealed, loginId: thief.loginId, nonce: nonce() }, token),
    ]
    const asked = await post<{ smsId: string }>(routes.sms, { number: `+86${number}`, nonce: nonce() }, token)
    expect(asked.status).toBe(200)
    const code = sent.at(-1)?.code
    answers.push(await post(routes.smsVerify, { smsId: asked.body.smsId, code, nonce: nonce() }, token))
    for (const { status, text } of answers) expect([status, text]).toEqual([expect.toBeOneOf([200, 409]), text])

    // Whatever Ming was told, it names Ming; and what Ming did is nowhere in Lin's account.
    for (const { text } of answers) expect(text).not.toContain(former.user.id)
    if (both.body.user) expect(both.body.user.id).toBe(thief.user.id)
    expect((await target.get<LoginAnswer>(routes.me, token)).body.user.id).toBe(thief.user.id)
    const back = await target.logIn('lin')
    expect(back.user.id).toBe(former.user.id)
    const { body } = await target.get<SessionsAnswer>(routes.mySessions, back.tokens.accessToken)
    const since = body.sessions.filter(({ createdAt }) => Date.parse(createdAt) > target.clock.now() - days(1))
    expect(since).toMatchObject([{ current: true }])
  })
})
