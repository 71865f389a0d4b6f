import type { LoginAnswer, MeAnswer, MergeCodeAnswer } from '@weapp-auth/protocol/contract'
import { routes } from '@weapp-auth/protocol/contract'
import type { SmsMessage } from '@weapp-auth/server'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { caseCount } from './case-count.ts'
import { app, openTarget, type Target } from './open-target.ts'

/*
 * A18, account pre-hijacking: the attacker comes first or second, proves the victim's number, and repeats whatever the
 * victim could be seen sending. Without a merge code that the victim's own session asked for, two accounts stay two.
 */

const number = '13800138000'
const sent: SmsMessage[] = []
const sms = {
  name: 'kept',
  async send(message: SmsMessage) {
    sent.push(message)
    return { status: 'sent', messageId: '1' } as const
  },
}

/** Attacker and victim, as far as they have come. */
interface Scene {
  readonly target: Target
  readonly attacker: string
  readonly victim: string
  /** The latest login of each. */
  readonly logins: Map<string, LoginAnswer>
}

type Act = (scene: Scene) => Promise<unknown>

const enter = async ({ target, logins }: Scene, who: string) => {
  const known = logins.get(who) ?? (await target.logIn(who))
  logins.set(who, known)
  return known
}
const tokenOf = async (scene: Scene, who: string) => (await enter(scene, who)).tokens.accessToken

async function proveByCode(scene: Scene, who: string) {
  const body = { code: (await scene.target.tap(who)).code, nonce: scene.target.nonce() }
  return scene.target.post(routes.phone, body, await tokenOf(scene, who))
}

async function codeFor(scene: Scene, who: string) {
  const { body } = await scene.target.post<MergeCodeAnswer>(routes.mergeCode, {}, await tokenOf(scene, who))
  return body.code
}

async function merge(scene: Scene, who: string, code: string) {
  return scene.target.post(routes.myMerges, { code, nonce: scene.target.nonce() }, await tokenOf(scene, who))
}

/** What the two do; nothing here hands a merge code of one to the other. */
const acts: Readonly<Record<string, Act>> = {
  'the victim logs in': scene => enter(scene, scene.victim),
  'the victim logs in anew': async scene => scene.logins.set(scene.victim, await scene.target.logIn(scene.victim)),
  'the victim proves the number': scene => proveByCode(scene, scene.victim),
  'the victim asks for a merge code and keeps it': scene => codeFor(scene, scene.victim),
  'the attacker logs in': scene => enter(scene, scene.attacker),
  'the attacker logs in anew': async scene =>
    scene.logins.set(scene.attacker, await scene.target.logIn(scene.attacker)),
  'the attacker proves the number': scene => proveByCode(scene, scene.attacker),
  'the attacker logs in with the number': async ({ target, attacker }) =>
    target.post(routes.loginPhone, {
      ...{ appId: app.appId, code: await target.codeOf(attacker) },
      ...{ phone: await target.tap(attacker), nonce: target.nonce() },
    }),
  'the attacker proves it by ciphertext': async scene => {
    const { loginId, tokens } = await enter(scene, scene.attacker)
    const { code: _, ...sealed } = await scene.target.tap(scene.attacker)
    return scene.target.post(routes.phone, { ...sealed, loginId, nonce: scene.target.nonce() }, tokens.accessToken)
  },
  'the attacker proves it by message': async scene => {
    const token = await tokenOf(scene, scene.attacker)
    const asked = { number: `+86${number}`, nonce: scene.target.nonce() }
    const { body } = await scene.target.post(routes.sms, asked, token)
    const answer = { smsId: body.smsId, code: sent.at(-1)?.code, nonce: scene.target.nonce() }
    return scene.target.post(routes.smsVerify, answer, token)
  },
  'the attacker merges by an own code': async scene =>
    merge(scene, scene.attacker, await codeFor(scene, scene.attacker)),
  'the attacker merges by a changed code': async scene => {
    const code = await codeFor(scene, scene.attacker)
    return merge(
      scene,
      scene.attacker,
      code.replace(/[^_](?=.{20}$)/, char => (char === 'A' ? 'B' : 'A')),
    )
  },
  'the attacker merges by what names the victim': async scene => {
    const { user, loginId } = await enter(scene, scene.victim)
    const openId = scene.target.emulator.control.people.openId(scene.victim, app.appId)
    for (const name of [user.id, loginId, openId]) await merge(scene, scene.attacker, name)
  },
  'the attacker names the victim in the body': async scene => {
    const { user } = await enter(scene, scene.victim)
    const openId = scene.target.emulator.control.people.openId(scene.victim, app.appId)
    const login = { appId: app.appId, code: await scene.target.codeOf(scene.attacker), nonce: scene.target.nonce() }
    for (const identity of [{ openId }, { userId: user.id }, { unionId: openId }, { phone: number }])
      await scene.target.post(routes.login, { ...login, ...identity })
  },
  'the attacker undoes what never was': async scene => {
    const { user } = await enter(scene, scene.victim)
    return scene.target.post(routes.mergeUndo, { mergeId: user.id }, await tokenOf(scene, scene.attacker))
  },
}

let scenes = 0
async function openScene(target: Target): Promise<Scene> {
  scenes += 1
  const [attacker, victim] = [`attacker${scenes}`, `victim${scenes}`]
  for (const id of [attacker, victim]) target.emulator.control.people.put({ id, name: id, phones: [{ number }] })
  return { target, attacker, victim, logins: new Map() }
}

async function idsOf(scene: Scene) {
  return Promise.all(
    [scene.attacker, scene.victim].map(async who => {
      const { user, tokens } = await scene.target.logIn(who)
      const { body } = await scene.target.get<MeAnswer>(routes.me, tokens.accessToken)
      expect(body.user.id).toBe(user.id)
      return user.id
    }),
  )
}

const limits = { perIp: 'off', perUser: 'off' } as const
const smsLimits = { perNumber: 1_000_000, perUser: 1_000_000, perIp: 1_000_000, perApp: 1_000_000 }
const policy = { openData: 'enforce', phoneConflict: 'keep-both', sms: 'on', smsLimits } as const

test('no sequence without a code of the victim joins two accounts', { timeout: 600_000 }, async () => {
  const target = await openTarget({ people: [], policy, server: { limits, sms } })
  const sequence = fc.array(fc.constantFrom(...Object.keys(acts)), { minLength: 1, maxLength: 16 })
  const property = fc.asyncProperty(sequence, async names => {
    const scene = await openScene(target)
    const [attackerBefore, victimBefore] = await idsOf(scene)
    for (const name of names) await acts[name]?.(scene)
    expect(await idsOf(scene)).toEqual([attackerBefore, victimBefore])
    expect(attackerBefore).not.toBe(victimBefore)
  })
  await fc.assert(property, { numRuns: caseCount(40, 5000) })
  expect(target.events.filter(({ type }) => type === 'users-merged')).toEqual([])
})

test('the search would find a merge: with a code that the victim hands over there is one account', async () => {
  const target = await openTarget({ people: [], policy, server: { limits, sms } })
  const scene = await openScene(target)
  expect(await merge(scene, scene.attacker, await codeFor(scene, scene.victim))).toMatchObject({ status: 200 })
  const [attacker, victim] = await idsOf(scene)
  expect(attacker).toBe(victim)
})
