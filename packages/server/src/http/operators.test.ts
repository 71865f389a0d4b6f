// Reads better whole: the console's people over HTTP, from the first invitation to the last session.
import {
  type AuditLinesAnswer,
  adminRoutes,
  type ConsoleSessionAnswer,
  type ConsoleSessionsAnswer,
  type EndSessionsAnswer,
  type InvitationAnswer,
  type InvitationLinkAnswer,
  type OperatorAccountAnswer,
  type OperatorAccountsAnswer,
  type OwnCredentialsAnswer,
  type RecoveryCodesAnswer,
} from '@weapp-auth/protocol/contract'
import { describe, expect, test } from 'vitest'
import { openConsoleServer, secretOf, tokenIn } from '../../test/open-console.ts'
import { expectProblem, issuer, openServer, race } from '../../test/open-server.ts'
import { createSoftAuthenticator } from '../../test/soft-authenticator.ts'
import { totpCode } from '../keys/totp.ts'
import { createPasskeys } from '../passkeys/passkeys.ts'

const minute = 60_000
const at = (path: string, id: string) => path.replace('{id}', id)

describe('the first operator', () => {
  test('joins by the link that is made when there is none, and is an admin with recovery codes', async () => {
    const { server, first, openBrowser } = openConsoleServer()
    const chen = await first('chen')
    expect(chen.joined).toMatchObject({ operator: { name: 'chen', role: 'admin' }, session: { way: 'passkey' } })
    expect(new Set(chen.joined.recoveryCodes).size).toBe(10)
    expect(chen.cookie()).toMatch(/^__Host-weapp-operator=[\w-]{43}$/)
    expect((await chen.get(adminRoutes.session)).body).toMatchObject({ operator: { name: 'chen' } })
    expect((await chen.get(adminRoutes.users)).status).toBe(200)
    expect(await server.inviteFirstOperator()).toBeNull()
    expectProblem(await openBrowser().get(adminRoutes.session), 401, 'operator_unauthorized')
  })

  test('chooses a name first, and only with a good link', async () => {
    const { server, openBrowser, pass } = openConsoleServer()
    const { link = '' } = (await server.inviteFirstOperator()) ?? {}
    expect(link).toMatch(/^https:\/\/auth\.example\.com\/console\/#invitation=[\w-]{43}$/)
    const browser = openBrowser()
    const read = await browser.post<InvitationAnswer>(adminRoutes.invitation, { invitation: tokenIn(link) })
    expect(read.body).toMatchObject({ name: null, role: 'admin', ways: null })
    expectProblem(await browser.post(adminRoutes.invitation, { invitation: 'x'.repeat(43) }), 404, 'invitation_invalid')
    pass(60 * minute)
    expectProblem(await browser.post(adminRoutes.invitation, { invitation: tokenIn(link) }), 404, 'invitation_invalid')
  })

  test('is one, however many links were made and whoever uses them at once', async () => {
    const { server, openBrowser } = openConsoleServer()
    const links = await race(6, async () => (await server.inviteFirstOperator())?.link ?? '')
    const joined = await race(12, index => openBrowser().join(links[index % 6] ?? '', `chen-${index}`))
    expect(joined.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of joined.filter(({ status }) => status !== 200)) expectProblem(answer, 404, 'invitation_invalid')
  })
})

describe('signing in', () => {
  test('by passkey makes a new session and ends the one that this browser had', async () => {
    const { first, store } = openConsoleServer()
    const chen = await first()
    const former = chen.cookie()
    expect((await chen.signIn()).status).toBe(200)
    expect(chen.cookie()).not.toBe(former)
    const { body } = await chen.get<ConsoleSessionsAnswer>(adminRoutes.ownSessions)
    expect(body.sessions).toMatchObject([{ current: true, browser: 'Firefox, Linux' }])
    const sent = await chen.send('GET', adminRoutes.session, undefined, { cookie: former ?? '' })
    expectProblem(sent, 401, 'operator_unauthorized')
    expect(JSON.stringify(await store.listOperators(0))).not.toContain(String(chen.cookie()).split('=')[1])
  })

  test('the cookie is for this host alone, out of reach of scripts and other sites', async () => {
    const { first } = openConsoleServer()
    const chen = await first()
    const { headers } = await chen.signIn()
    expect(headers.get('set-cookie')).toMatch(
      /^__Host-weapp-operator=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    )
    const local = openConsoleServer({ console: { origin: 'http://localhost:8787', passkeys: createPasskeys() } })
    const { link = '' } = (await local.server.inviteFirstOperator()) ?? {}
    expect(link).toMatch(/^http:\/\/localhost:8787\/console\//)
  })

  test('a passkey works for this origin, this challenge once, and with the finger of its owner', async () => {
    const { first, pass } = openConsoleServer()
    const chen = await first()
    const credential = chen.device.get(await chen.options())
    expect((await chen.post(adminRoutes.sessionPasskey, { credential })).status).toBe(200)
    expectProblem(await chen.post(adminRoutes.sessionPasskey, { credential }), 401, 'sign_in_invalid')
    const forged = chen.device.get({ challenge: Buffer.alloc(38, 7).toString('base64url') })
    expectProblem(await chen.post(adminRoutes.sessionPasskey, { credential: forged }), 401, 'sign_in_invalid')
    const late = chen.device.get(await chen.options())
    pass(10 * minute)
    expectProblem(await chen.post(adminRoutes.sessionPasskey, { credential: late }), 401, 'sign_in_invalid')
    chen.device.turnBack()
    expectProblem(await chen.signIn(), 401, 'sign_in_invalid')
  })

  test.each([
    ['another origin', { origin: 'https://evil.example.com', host: 'auth.example.com' }],
    ['another host', { origin: issuer, host: 'evil.example.com' }],
    ['nobody’s finger', { origin: issuer, verifiesUser: false }],
  ])('a passkey with %s does not join', async (_, device) => {
    const { server, openBrowser } = openConsoleServer()
    const browser = openBrowser()
    const { link = '' } = (await server.inviteFirstOperator()) ?? {}
    const invitation = { invitation: tokenIn(link), name: 'chen' }
    const { body } = await browser.post<InvitationAnswer>(adminRoutes.invitation, invitation)
    const challenge = String(body.ways?.passkey?.challenge)
    const credential = createSoftAuthenticator(device).create({ challenge })
    const joined = await browser.post(adminRoutes.invitationPasskey, { ...invitation, label: 'x', credential })
    expectProblem(joined, 401, 'sign_in_invalid')
    expect((await browser.join(link, 'chen')).status).toBe(200)
  })

  test('by authenticator takes name, sign-in key and a code that works once', async () => {
    const { first, invite, openBrowser, pass } = openConsoleServer()
    const chen = await first()
    const browser = openBrowser()
    const { name, key, code } = await browser.joinByCode(await invite(chen, 'lin', 'support'))
    const signIn = (shown: object = {}) =>
      openBrowser().post(adminRoutes.sessionAuthenticator, { name, key, code: code(), ...shown })
    expectProblem(await signIn(), 401, 'sign_in_invalid')
    pass(30_000)
    for (const shown of [{ name: 'nobody' }, { key: 'a'.repeat(32) }, { code: '000000' }])
      expectProblem(await signIn(shown), 401, 'sign_in_invalid')
    const answers = await race(4, () => signIn())
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    pass(30_000)
    expect((await signIn({ key: key.toUpperCase().replaceAll('-', ' ') })).status).toBe(200)
    expectProblem(await signIn({ code: totpCode(secretOf('AAAA'), 0) }), 401, 'sign_in_invalid')
  })

  test('wrong codes with the right key are counted, wrong keys do not use them up', async () => {
    const { first, invite, openBrowser, pass } = openConsoleServer()
    const { name, key, code } = await openBrowser().joinByCode(await invite(await first(), 'lin', 'support'))
    const signIn = (shown: object) => openBrowser().post(adminRoutes.sessionAuthenticator, { name, key, ...shown })
    pass(30_000)
    for (let guess = 0; guess < 20; guess += 1)
      expectProblem(await signIn({ key: 'b'.repeat(32), code: code() }), 401, 'sign_in_invalid')
    const wrong = code() === '000000' ? '000001' : '000000'
    for (let guess = 0; guess < 5; guess += 1) expectProblem(await signIn({ code: wrong }), 401, 'sign_in_invalid')
    expectProblem(await signIn({ code: code() }), 429, 'rate_limited')
    pass(15 * minute)
    expect((await signIn({ code: code() })).status).toBe(200)
  })

  test('failures from one address close the door to it for a while', async () => {
    const { openBrowser, arrival, first, pass } = openConsoleServer()
    const chen = await first()
    arrival.ip = '203.0.113.7'
    const guess = () => openBrowser().post(adminRoutes.sessionRecovery, { name: 'chen', code: 'a'.repeat(24) })
    for (let count = 0; count < 10; count += 1) expectProblem(await guess(), 401, 'sign_in_invalid')
    expectProblem(await guess(), 429, 'rate_limited')
    expectProblem(await chen.post(adminRoutes.sessionPasskeyOptions), 429, 'rate_limited')
    expect((await chen.get(adminRoutes.session)).status).toBe(200)
    pass(15 * minute)
    expect((await chen.signIn()).status).toBe(200)
  })

  test('by recovery code works once, and is good for a new way to sign in but for nothing that harms', async () => {
    const { first, openBrowser, logIn } = openConsoleServer()
    const chen = await first()
    const lin = await logIn()
    const [code = ''] = chen.joined.recoveryCodes
    const browser = openBrowser()
    const recover = () => browser.post<ConsoleSessionAnswer>(adminRoutes.sessionRecovery, { name: 'chen', code })
    expect((await recover()).body).toMatchObject({ session: { way: 'recovery' }, provedUntil: null })
    expectProblem(
      await browser.post(at(adminRoutes.userReveal, lin.user.id), { reason: 'ticket 1' }),
      403,
      'proof_needed',
    )
    const credential = browser.device.create(await browser.options(adminRoutes.ownPasskeyOptions))
    const added = await browser.post<OwnCredentialsAnswer>(adminRoutes.ownPasskeys, { label: 'new', credential })
    expect(added.body).toMatchObject({ passkeys: [{ label: 'laptop' }, { label: 'new' }], recoveryCodesLeft: 9 })
    expectProblem(await openBrowser().post(adminRoutes.sessionRecovery, { name: 'chen', code }), 401, 'sign_in_invalid')
    expect((await browser.prove()).status).toBe(200)
    expect((await browser.post(at(adminRoutes.userReveal, lin.user.id), { reason: 'ticket 1' })).status).toBe(200)
  })

  test('every attempt is told, and what was done stands in the audit log', async () => {
    const { first, eventsOf } = openConsoleServer()
    const chen = await first()
    await chen.signIn()
    await chen.post(adminRoutes.sessionRecovery, { name: 'chen', code: 'a'.repeat(24) })
    expect(eventsOf('operator-sign-in')).toMatchObject([
      { way: 'passkey', outcome: 'signed-in' },
      { way: 'recovery', outcome: 'refused' },
    ])
    await chen.prove()
    await chen.send('DELETE', adminRoutes.session)
    expectProblem(await chen.get(adminRoutes.session), 401, 'operator_unauthorized')
    await chen.signIn()
    const { lines } = (await chen.get<AuditLinesAnswer>(adminRoutes.audit)).body
    expect(lines.map(({ act, details }) => `${act} ${details.by}`).reverse()).toEqual([
      'operator-invited server',
      'operator-joined chen',
      'operator-signed-in chen',
      'operator-proved chen',
      'operator-signed-out chen',
      'operator-signed-in chen',
    ])
  })
})

describe('a session of the console', () => {
  test('ends after thirty minutes without use, and after twelve hours however busy', async () => {
    const { first, pass } = openConsoleServer()
    const chen = await first()
    for (let quarter = 0; quarter < 47; quarter += 1) {
      pass(15 * minute)
      expect((await chen.get(adminRoutes.session)).status).toBe(200)
    }
    pass(15 * minute)
    expectProblem(await chen.get(adminRoutes.session), 401, 'operator_unauthorized')
    await chen.signIn()
    pass(30 * minute)
    expectProblem(await chen.get(adminRoutes.session), 401, 'operator_unauthorized')
  })

  test('changes nothing for pages of other sites, nor for those that forget the header', async () => {
    const { first } = openConsoleServer()
    const chen = await first()
    const end = (headers: Readonly<Record<string, string>>) =>
      chen.send('POST', adminRoutes.ownRecoveryCodes, {}, headers)
    expectProblem(await end({ origin: 'https://evil.example.com' }), 403, 'console_only')
    expectProblem(await end({ 'x-weapp-console': '' }), 403, 'console_only')
    expectProblem(
      await chen.send('POST', adminRoutes.sessionPasskeyOptions, {}, { origin: 'null' }),
      403,
      'console_only',
    )
    expect((await end({})).status).toBe(200)
  })

  test('proves its owner for five minutes, and is asked again for what cannot be undone', async () => {
    const { first, pass, logIn } = openConsoleServer()
    const chen = await first()
    const lin = await logIn()
    const reveal = () => chen.post(at(adminRoutes.userReveal, lin.user.id), { reason: 'ticket 4711' })
    expect((await reveal()).status).toBe(200)
    pass(5 * minute)
    for (const path of [adminRoutes.userReveal, adminRoutes.userExport, adminRoutes.userErase, adminRoutes.userMerge])
      expectProblem(await chen.post(at(path, lin.user.id), { reason: 'ticket 4711' }), 403, 'proof_needed')
    expectProblem(await chen.post(adminRoutes.operators, { name: 'mo', role: 'admin' }), 403, 'proof_needed')
    expect((await chen.get(adminRoutes.users)).status).toBe(200)
    expect((await chen.prove()).status).toBe(200)
    expect((await reveal()).status).toBe(200)
  })

  test('is proved by its owner only', async () => {
    const { first, invite, openBrowser } = openConsoleServer()
    const chen = await first()
    const lin = openBrowser()
    await lin.join(await invite(chen, 'lin', 'viewer'))
    const credential = lin.device.get(await chen.options())
    expectProblem(await chen.post(adminRoutes.proofPasskey, { credential }), 401, 'sign_in_invalid')
    const key = 'c'.repeat(32)
    expectProblem(await chen.post(adminRoutes.proofAuthenticator, { key, code: '000000' }), 401, 'sign_in_invalid')
  })

  test('is listed and ended by its owner, and only by them', async () => {
    const { first, invite, openBrowser } = openConsoleServer()
    const chen = await first()
    const lin = openBrowser()
    await lin.join(await invite(chen, 'lin', 'viewer'))
    const { sessions } = (await lin.get<ConsoleSessionsAnswer>(adminRoutes.ownSessions)).body
    const ended = (browser: typeof lin) => browser.send('DELETE', at(adminRoutes.ownSession, sessions[0]?.id ?? ''))
    expectProblem(await chen.send('DELETE', at(adminRoutes.ownSession, sessions[0]?.id ?? '')), 404, 'operator_unknown')
    expect((await ended(lin)).status).toBe(204)
    expectProblem(await lin.get(adminRoutes.session), 401, 'operator_unauthorized')
    expectProblem(await chen.send('DELETE', at(adminRoutes.ownSession, 'x')), 404, 'operator_unknown')
  })
})

describe('own ways to sign in', () => {
  test('several passkeys and an authenticator; the last way stays', async () => {
    const { first, time } = openConsoleServer()
    const chen = await first()
    const second = createSoftAuthenticator({ origin: issuer })
    const credential = second.create(await chen.options(adminRoutes.ownPasskeyOptions))
    const { body } = await chen.post<OwnCredentialsAnswer>(adminRoutes.ownPasskeys, { label: '手机', credential })
    expect(body.passkeys.map(({ label }) => label)).toEqual(['laptop', '手机'])
    const taken = second.create(await chen.options(adminRoutes.ownPasskeyOptions))
    expectProblem(
      await chen.post(adminRoutes.ownPasskeys, { label: 'again', credential: taken }),
      409,
      'operator_taken',
    )

    const setup = await chen.post<{ authenticator: { key: string; secret: string; setup: string; uri: string } }>(
      adminRoutes.ownAuthenticatorSetup,
    )
    const { key, secret, setup: begun, uri } = setup.body.authenticator
    expect(uri).toBe(`otpauth://totp/auth.example.com%3Achen?secret=${secret}&issuer=auth.example.com`)
    const code = totpCode(secretOf(secret), Math.floor(time.now / 30_000))
    const set = (shown: object) => chen.post(adminRoutes.ownAuthenticator, { setup: begun, key, code, ...shown })
    expectProblem(await set({ key: 'd'.repeat(32) }), 401, 'sign_in_invalid')
    expect((await set({})).body).toMatchObject({ authenticator: new Date(time.now).toISOString() })

    for (const { id } of body.passkeys)
      expect((await chen.send('DELETE', at(adminRoutes.ownPasskey, id))).status).toBe(204)
    expectProblem(
      await chen.send('DELETE', at(adminRoutes.ownPasskey, body.passkeys[0]?.id ?? '')),
      404,
      'operator_unknown',
    )
    expectProblem(await chen.send('DELETE', adminRoutes.ownAuthenticator), 409, 'operator_needed')
    expectProblem(await chen.signIn(), 401, 'sign_in_invalid')
  })

  test('new recovery codes end the former ones', async () => {
    const { first, openBrowser } = openConsoleServer()
    const chen = await first()
    const { recoveryCodes } = (await chen.post<RecoveryCodesAnswer>(adminRoutes.ownRecoveryCodes)).body
    const recover = (code = '') => openBrowser().post(adminRoutes.sessionRecovery, { name: 'chen', code })
    expectProblem(await recover(chen.joined.recoveryCodes[1]), 401, 'sign_in_invalid')
    expect((await recover(recoveryCodes[1])).status).toBe(200)
  })
})

describe('accounts', () => {
  test('are made by an admin, listed, changed and disabled, which ends what was open', async () => {
    const { first, invite, openBrowser } = openConsoleServer()
    const chen = await first()
    const lin = openBrowser()
    await lin.join(await invite(chen, 'lin', 'viewer'))
    expectProblem(await lin.get(adminRoutes.operators), 403, 'operator_forbidden')
    const { body } = await chen.get<OperatorAccountsAnswer>(adminRoutes.operators)
    expect(body.operators).toMatchObject([
      { name: 'chen', role: 'admin', passkeys: 1, authenticator: false, recoveryCodesLeft: 10, sessions: 1 },
      { name: 'lin', role: 'viewer' },
    ])
    expect(body.programs.map(({ name }) => name)).toEqual(['viewer-lin', 'support-lin', 'admin-lin'])
    const id = body.operators[1]?.id ?? ''
    const change = (changes: object, who = id) =>
      chen.send<OperatorAccountAnswer>('PATCH', at(adminRoutes.operatorAccount, who), { reason: 'team 4', ...changes })
    expect((await change({ role: 'admin' })).body.operator.role).toBe('admin')
    expect((await lin.get(adminRoutes.operators)).status).toBe(200)
    expect((await change({ disabled: true })).body.operator).toMatchObject({ sessions: 0 })
    expectProblem(await lin.get(adminRoutes.session), 401, 'operator_unauthorized')
    expectProblem(await lin.signIn(), 401, 'sign_in_invalid')
    expectProblem(
      await chen.post(at(adminRoutes.operatorInvitation, id), { reason: 'team 4' }),
      404,
      'operator_unknown',
    )
    expectProblem(await change({ disabled: true }, body.operators[0]?.id), 409, 'operator_needed')
    expect((await change({ disabled: false, role: 'viewer' })).status).toBe(200)
    expect((await lin.signIn()).status).toBe(200)
    expect((await chen.post<EndSessionsAnswer>(at(adminRoutes.operatorSessionsEnd, id))).body).toEqual({ ended: 1 })
  })

  test('who lost everything is invited again, and the former passkey is good no more', async () => {
    const { first, invite, openBrowser } = openConsoleServer()
    const chen = await first()
    const lin = openBrowser()
    const { body } = await lin.join(await invite(chen, 'lin', 'support'))
    const path = at(adminRoutes.operatorInvitation, body.operator.id)
    const { link } = (await chen.post<InvitationLinkAnswer>(path, { reason: 'lost laptop' })).body
    const again = openBrowser()
    expect((await again.join(link)).body.operator).toEqual(body.operator)
    expectProblem(await lin.get(adminRoutes.session), 401, 'operator_unauthorized')
    expectProblem(await lin.signIn(), 401, 'sign_in_invalid')
    expect((await again.signIn()).status).toBe(200)
    expectProblem(
      await openBrowser().post(adminRoutes.invitation, { invitation: tokenIn(link) }),
      404,
      'invitation_invalid',
    )
  })

  test('have names of their own, beside those of programs', async () => {
    const { first } = openConsoleServer()
    const chen = await first()
    for (const name of ['chen', 'admin-lin'])
      expectProblem(await chen.post(adminRoutes.operators, { name, role: 'viewer' }), 409, 'operator_taken')
  })

  test('are no matter of programs, whatever their role', async () => {
    const { asOperator, first } = openConsoleServer()
    const chen = await first()
    const admin = asOperator('admin')
    expect((await admin.get(adminRoutes.operators)).status).toBe(200)
    expectProblem(await admin.post(adminRoutes.operators, { name: 'mo', role: 'admin' }), 403, 'console_only')
    expectProblem(await admin.get(adminRoutes.session), 403, 'console_only')
    const both = { authorization: 'Bearer nonsense', cookie: chen.cookie() ?? '' }
    expectProblem(await chen.send('GET', adminRoutes.users, undefined, both), 401, 'operator_unauthorized')
  })
})

test('without passkeys people join with an authenticator', async () => {
  const { server, openBrowser } = openConsoleServer({ console: {} })
  const browser = openBrowser()
  const { link = '' } = (await server.inviteFirstOperator()) ?? {}
  const invitation = { invitation: tokenIn(link), name: 'chen' }
  const { body } = await browser.post<InvitationAnswer>(adminRoutes.invitation, invitation)
  expect(body.ways?.passkey).toBeNull()
  expectProblem(await browser.post(adminRoutes.sessionPasskeyOptions), 404, 'route_unknown')
})

test('without a console there are no such routes, and nobody is invited', async () => {
  const { server, asOperator } = openServer({ console: null })
  expect(await server.inviteFirstOperator()).toBeNull()
  expectProblem(await asOperator('admin').get(adminRoutes.operators), 404, 'route_unknown')
  expect((await asOperator('admin').get(adminRoutes.users)).status).toBe(200)
})
