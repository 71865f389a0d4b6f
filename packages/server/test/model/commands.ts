// Everything that can happen to a server, with what the model says must come of it; each reads better beside the others.
import {
  adminRoutes,
  type BlockUserAnswer,
  type LoginAnswer,
  type MergeAnswer,
  type MergeCodeAnswer,
  type PhoneAnswer,
  type Problem,
  routes,
  type TokenAnswer,
} from '@weapp-auth/protocol/contract'
import fc from 'fast-check'
import { limits } from '../../src/domain/limits.ts'
import { newSessionKey } from '../fake-wechat.ts'
import { newNonce } from '../open-server.ts'
import { checkInvariants, must } from './invariants.ts'
import {
  canAsk,
  currentPhone,
  endAll,
  erase,
  isLive,
  type Model,
  type ModelSession,
  merge,
  prove,
  work,
} from './model.ts'
import { numbers, people, type World } from './world.ts'

type Act = (model: Model, world: World) => Promise<void>

/** A command that waits a second, so that no two things happen at one time, and is followed by all invariants. */
function command(name: string, act: Act): fc.AsyncCommand<Model, World> {
  return {
    check: () => true,
    async run(model, world) {
      model.now = world.pass(1000)
      await act(model, world)
      await checkInvariants(model, world)
    },
    toString: () => name,
  }
}

/** The session that the step is about, of those that began; the newest first. */
function pick(model: Model, at: number, fits: (session: ModelSession) => boolean): ModelSession | null {
  const sessions = model.sessions.filter(fits).reverse()
  return sessions[at % Math.max(1, Math.min(sessions.length, 6))] ?? null
}

const asks = (model: Model) => (session: ModelSession) => canAsk(session, model.now)

function logIn(at: number, retry: 'none' | 'same' | 'other'): Act {
  return async (model, { server }) => {
    const person = people[at % people.length]
    if (!person) return
    const { who, ...identity } = person
    const sessionKey = newSessionKey()
    const body = {
      appId: identity.appId,
      code: server.wechat.loginCode({ ...identity, sessionKey }),
      nonce: newNonce(),
    }
    const { status, body: answer } = await server.post<LoginAnswer & Problem>(routes.login, body)
    const known = model.identities.get(who)
    if (known?.isBlocked) {
      model.happened.add('kept out')
      return must(status === 403 && answer.code === 'account_blocked', `I7: a blocked user got ${status}`)
    }
    must(status === 200, `login answered ${status}`)
    must(answer.created === (known === undefined), 'I1: created is said of the first login, and of no other')
    must(known === undefined || known.id === answer.user.id, 'I1: one (app, openid) is one user')
    must(known !== undefined || model.users.every(({ id }) => id !== answer.user.id), 'I2: no id is given twice')
    const user = known ?? { id: answer.user.id, isGone: false, isBlocked: false, lastLoginAt: model.now, phones: [] }
    if (!known) model.users.push(user)
    user.lastLoginAt = model.now
    model.identities.set(who, user)
    model.newestLogin.set(who, answer.loginId)
    model.sessions.push({
      ...{ ...identity, who, sessionKey, loginId: answer.loginId, user },
      accessToken: answer.tokens.accessToken,
      accessUntil: model.now + limits.access,
      absoluteUntil: model.now + limits.sessionAbsolute,
      idleUntil: model.now + limits.sessionIdle,
      refreshTokens: [answer.tokens.refreshToken],
      nonce: null,
      hasEnded: false,
    })
    if (retry === 'none') return
    const again = await server.post<LoginAnswer & Problem>(routes.login, {
      ...body,
      nonce: retry === 'same' ? body.nonce : newNonce(),
    })
    if (retry === 'same') must(again.body.loginId === answer.loginId, 'I9: the same attempt reads the same login')
    else must(again.body.code === 'code_consumed', 'I9: a code is spent by one attempt')
  }
}

function bindPhone(at: number, number: string, proof: 'code' | 'data', retry: 'none' | 'same' | 'other'): Act {
  return async (model, { server }) => {
    const session = pick(model, at, asks(model))
    if (!session) return
    const { loginId, accessToken, appId, openId, sessionKey, user } = session
    const person = { appId, openId, sessionKey }
    const proved =
      proof === 'code' ? { code: server.wechat.phoneCode(person, number) } : server.wechat.phoneData(person, number)
    const body = { ...proved, loginId, nonce: newNonce() }
    const before = server.wechat.calls.phoneByCode
    const answer = await server.phone(body, accessToken)
    const isOld = proof === 'data' && model.newestLogin.get(session.who) !== loginId
    if (isOld && answer.body.code === 'login_unusable') return
    const expected = prove(model, user, number)
    model.happened.add(`${proof} ${expected}`)
    if (expected === 'refused') {
      must(/^phone_(taken|cooling)$/.test(answer.body.code), `I5: ${answer.body.code}, though another user has it`)
    } else must(answer.body.change === expected, `I3: ${answer.body.change ?? answer.body.code}, not ${expected}`)
    if (proof === 'code') model.paid += 1
    if (retry !== 'none' && expected !== 'refused') {
      const again = await server.phone({ ...body, nonce: retry === 'same' ? body.nonce : newNonce() }, accessToken)
      if (retry === 'same') must(again.body.phone?.number === number, 'I9: the same attempt reads the same number')
      else must(again.status >= 400, 'I9: what proves a number is spent by one attempt')
    }
    must(server.wechat.calls.phoneByCode - before <= 1, 'I9: a phone code is paid for once')
  }
}

function refresh(at: number, how: 'next' | 'repeat' | 'steal' | 'old'): Act {
  return async (model, { server }) => {
    const session = pick(model, at, one => one.refreshTokens.length >= (how === 'next' ? 1 : how === 'old' ? 3 : 2))
    if (!session) return
    const { refreshTokens, nonce } = session
    const back = { next: 1, repeat: 2, steal: 2, old: 3 }[how]
    const token = refreshTokens.at(-back) ?? ''
    const attempt = how === 'repeat' && nonce !== null ? nonce : newNonce()
    const { status, body } = await server.post<TokenAnswer & Problem>(routes.token, {
      refreshToken: token,
      nonce: attempt,
    })
    if (!isLive(session, model.now)) return must(status === 401, 'I7: an ended session gives no tokens')
    if (how === 'steal' || how === 'old') {
      must(body.code === 'refresh_reused', 'I8: an older refresh token is theft')
      model.happened.add(how)
      session.hasEnded = true
      return
    }
    must(status === 200, `refresh answered ${status}`)
    model.happened.add(how)
    session.accessToken = body.tokens.accessToken
    session.accessUntil = model.now + limits.access
    if (how === 'repeat') return must(body.tokens.refreshToken === refreshTokens.at(-1), 'I8: one nonce, one successor')
    must(!refreshTokens.includes(body.tokens.refreshToken), 'I8: no refresh token is given twice')
    refreshTokens.push(body.tokens.refreshToken)
    session.nonce = attempt
    session.idleUntil = model.now + limits.sessionIdle
  }
}

function logOut(at: number, all: boolean): Act {
  return async (model, { server }) => {
    const session = pick(model, at, all ? asks(model) : one => isLive(one, model.now))
    if (!session) return
    const { status } = all
      ? await server.post(routes.logoutAll, {}, session.accessToken)
      : await server.post(routes.logout, { refreshToken: session.refreshTokens.at(-1) })
    must(status < 300, `logout answered ${status}`)
    model.happened.add('logged out')
    session.hasEnded = true
    if (all) endAll(model, session.user)
  }
}

function takeBack(at: number, kind: 'phone' | 'account', times: number): Act {
  return async (model, world) => {
    const person = people[at % people.length]
    if (!person) return
    const { who, ...identity } = person
    const fields =
      kind === 'phone'
        ? { Event: 'user_authorization_revoke', RevokeInfo: '8' }
        : { Event: 'user_authorization_cancellation' }
    const send = world.push({ ...identity, fields })
    for (let time = 0; time < times; time += 1) {
      const { status } = await send()
      must(status === 200, `a push was answered ${status}`)
    }
    model.events.push({ who, kind, eventAt: model.now, dueAt: model.now + 60_000 })
  }
}

async function runJobs(model: Model, { server }: World): Promise<void> {
  await server.server.work()
  work(model)
}

const eraseMe =
  (at: number): Act =>
  async (model, { server }) => {
    const session = pick(model, at, asks(model))
    if (!session) return
    const authorization = `Bearer ${session.accessToken}`
    const path = `${routes.me}?nonce=${newNonce()}`
    const { status } = await server.send(path, { method: 'DELETE', headers: { authorization } })
    must(status === 200, `erasing answered ${status}`)
    model.happened.add('erased')
    erase(model, session.user)
  }

/** An operator keeps somebody out, or lets them in again; doing it twice changes nothing. */
const block =
  (at: number, isBlocked: boolean): Act =>
  async (model, { server }) => {
    const users = model.users.filter(({ isGone }) => !isGone)
    const user = users[at % Math.max(1, users.length)]
    if (!user) return
    const path = (isBlocked ? adminRoutes.userBlock : adminRoutes.userUnblock).replace('{id}', user.id)
    const answer = await server.asOperator('support').post<BlockUserAnswer>(path, { reason: 'ticket 4711' })
    must(answer.status === 200 && (answer.body.blocked !== null) === isBlocked, `blocking answered ${answer.status}`)
    model.happened.add(isBlocked ? 'blocked' : 'let in')
    user.isBlocked = isBlocked
    if (isBlocked) endAll(model, user)
  }

const mergeTwo =
  (at: number, other: number): Act =>
  async (model, world) => {
    const [into, from] = [pick(model, at, asks(model)), pick(model, other, asks(model))]
    if (!into || !from) return
    // What was taken back before is done before: by whom it is taken back afterwards would be another question.
    model.now = world.pass(60_000)
    await runJobs(model, world)
    if (!canAsk(into, model.now) || !canAsk(from, model.now)) return
    const { post } = world.server
    const { code } = (await post<MergeCodeAnswer>(routes.mergeCode, {}, from.accessToken)).body
    const nonce = newNonce()
    const { status, body } = await post<MergeAnswer & Problem>(routes.myMerges, { code, nonce }, into.accessToken)
    if (into.user === from.user) return must(body.code === 'merge_self', 'a user was merged with itself')
    must(status === 200 && body.user.id === into.user.id, `merging answered ${status}`)
    merge(model, into.user, from.user)
    model.happened.add('merged')
    must(body.user.phone?.number === currentPhone(into.user)?.number, 'I3: the number of the survivor stays')
    const again = await post<Problem>(routes.myMerges, { code, nonce: newNonce() }, into.accessToken)
    must(again.body.code === 'merge_code_invalid', 'I9: a code to merge works once')
  }

function passTime(ms: number): Act {
  return async (model, world) => {
    await runJobs(model, world)
    model.now = world.pass(ms)
    await runJobs(model, world)
    if (ms >= 24 * 3600_000) await world.server.server.sweep()
  }
}

const ask =
  (at: number): Act =>
  async (model, { server }) => {
    const session = pick(model, at, () => true)
    if (!session) return
    const { status, body } = await server.get<PhoneAnswer & Problem>(routes.me, session.accessToken)
    must((status === 200) === canAsk(session, model.now), `I7: ${status} ${body.code ?? ''} for a session`)
  }

const nat = fc.nat(11)
const retry = fc.constantFrom('none' as const, 'none' as const, 'same' as const, 'other' as const)
const minute = 60_000
const day = 24 * 60 * minute

/** All commands, each as often as it stands here. */
export const commands: fc.Arbitrary<fc.AsyncCommand<Model, World>>[] = [
  ...[1, 2].map(() => fc.tuple(nat, retry).map(([at, how]) => command(`logIn(${at}, ${how})`, logIn(at, how)))),
  ...[1, 2].map(() =>
    fc
      .tuple(nat, fc.constantFrom(...numbers), fc.constantFrom('code' as const, 'data' as const), retry)
      .map(([at, number, proof, how]) =>
        command(`bindPhone(${at}, ${number}, ${proof}, ${how})`, bindPhone(at, number, proof, how)),
      ),
  ),
  ...[1, 2].map(() =>
    fc
      .tuple(
        nat,
        fc.constantFrom('next' as const, 'next' as const, 'repeat' as const, 'steal' as const, 'old' as const),
      )
      .map(([at, how]) => command(`refresh(${at}, ${how})`, refresh(at, how))),
  ),
  fc.tuple(nat, fc.boolean()).map(([at, all]) => command(`logOut(${at}, ${all})`, logOut(at, all))),
  fc
    .tuple(nat, fc.constantFrom('phone' as const, 'phone' as const, 'account' as const), fc.constantFrom(1, 2, 5))
    .map(([at, kind, times]) => command(`takeBack(${at}, ${kind}, ${times})`, takeBack(at, kind, times))),
  nat.map(at => command(`eraseMe(${at})`, eraseMe(at))),
  fc.tuple(nat, fc.boolean()).map(([at, on]) => command(`block(${at}, ${on})`, block(at, on))),
  fc.tuple(nat, nat).map(([at, other]) => command(`mergeTwo(${at}, ${other})`, mergeTwo(at, other))),
  fc
    .constantFrom(minute, minute, 5 * minute, 10 * minute, day, 8 * day, 31 * day, 46 * day)
    .map(ms => command(`passTime(${ms})`, passTime(ms))),
  fc.constant(command('crash()', (_, world) => world.crash())),
  nat.map(at => command(`ask(${at})`, ask(at))),
]
