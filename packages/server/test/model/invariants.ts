import { type MeAnswer, type PhonesAnswer, type Problem, routes } from '@weapp-auth/protocol/contract'
import { verifyAudit } from '../../src/usecases/verify-audit.ts'
import { canAsk, currentPhone, isLive, type Model, type ModelSession, type ModelUser } from './model.ts'
import { numbers, people, type World } from './world.ts'

/** As `expect`, and a hundred times as quick: there are millions of these. */
export function must(holds: boolean, rule: string): void {
  if (!holds) throw new Error(rule)
}

/** After every command. Each names the invariant that it breaks; they are written down in server.model.test.ts. */
export async function checkInvariants(model: Model, world: World): Promise<void> {
  const { store } = world.server
  for (const { appId, openId, who } of people) {
    const found = await store.findIdentity(appId, openId)
    must((found?.user.id ?? null) === (model.identities.get(who)?.id ?? null), 'I1: one (app, openid) is one user')
  }
  for (const user of model.users) await checkUser(model, world, user)
  checkOwners(model)
  for (const session of model.sessions) await checkSession(model, world, session)
  await checkAudit(model, world)
  must(world.server.wechat.calls.phoneByCode === model.paid, 'I9: each phone code is paid for once')
  checkTold(world)
}

async function checkUser({ users }: Model, { server: { store } }: World, user: ModelUser): Promise<void> {
  const rows = await store.phonesOf(user.id)
  if (user.isGone) {
    must((await store.findUser(user.id)) === null && rows.length === 0, 'I6: somebody who is gone left something')
    must((await store.identitiesOf(user.id)).length === 0, 'I6: an identity of somebody who is gone')
    return
  }
  must((await store.findUser(user.id)) !== null, 'I13: a user is gone whom nobody erased')
  must(rows.filter(({ replacedAt }) => replacedAt === null).length <= 1, 'I3: two current numbers')
  must(rows.length === user.phones.length, `I4: ${rows.length} numbers in the history of ${user.phones.length}`)
  must(new Set(users.map(({ id }) => id)).size === users.length, 'I2: an id was given twice')
}

function checkOwners({ conflict, users }: Model): void {
  if (conflict === 'keep-both') return
  for (const number of numbers)
    must(users.filter(user => currentPhone(user)?.number === number).length <= 1, 'I5: a number with two owners')
}

async function checkSession(model: Model, world: World, session: ModelSession): Promise<void> {
  const { store, get } = world.server
  const id = JSON.parse(Buffer.from(session.accessToken.split('.')[1] ?? '', 'base64url').toString()).sid
  const row = await store.findSession(id)
  if (!isLive(session, model.now)) {
    const isOver = row === null || row.endedAt !== null || row.idleUntil <= model.now || row.absoluteUntil <= model.now
    must(isOver, 'I7: a session lives that has ended')
    return
  }
  must(row?.endedAt === null, 'I14: a session is gone that nobody ended')
  must(row?.counter === session.refreshTokens.length - 1, 'I8: the counter is the number of rotations')
  must(row?.userId === session.user.id, 'I1: a session of another user')
  if (!canAsk(session, model.now)) return
  const me = await get<MeAnswer & Problem>(routes.me, session.accessToken)
  must(me.status === 200 && me.body.user.id === session.user.id, 'I14: a live session is refused')
  must((me.body.user.phone?.number ?? null) === (currentPhone(session.user)?.number ?? null), 'I3: another number')
  const { phones } = (await get<PhonesAnswer>(routes.myPhones, session.accessToken)).body
  const sorted = (all: readonly string[]) => [...all].sort().join()
  must(sorted(phones.map(({ number }) => number)) === sorted(session.user.phones.map(({ number }) => number)), 'I4')
}

async function checkAudit(model: Model, { server: { store } }: World): Promise<void> {
  const verdict = await verifyAudit(store)
  must(verdict.status === 'intact', 'I11: the audit log is broken')
  if (verdict.status !== 'intact') return
  must(verdict.head.seq >= model.auditSeq, 'I11: the audit log became shorter')
  model.auditSeq = verdict.head.seq
}

function checkTold(world: World): void {
  const told = JSON.stringify(world.told().splice(0))
  for (const secret of [...numbers.map(number => number.slice(3)), 'openid-of', 'wxa_rt_', 'eyJ'])
    must(!told.includes(secret), "I10: an event tells what is nobody else's")
}
