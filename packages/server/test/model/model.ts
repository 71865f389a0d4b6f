import type { AppPolicy } from '../../src/domain/app-policy.ts'
import { limits } from '../../src/domain/limits.ts'

/** What must be true of a server, in plain objects; nothing here knows how the server does it. */

export interface ModelPhone {
  readonly number: string
  /** Moves forward with each proof. */
  provedAt: number
  isCurrent: boolean
}

export interface ModelUser {
  readonly id: string
  isGone: boolean
  /** By an operator. */
  isBlocked: boolean
  lastLoginAt: number
  phones: ModelPhone[]
}

/** `appId openId`. */
export type Who = string

export interface ModelSession {
  readonly who: Who
  readonly appId: string
  readonly openId: string
  readonly sessionKey: string
  readonly loginId: string
  user: ModelUser
  accessToken: string
  accessUntil: number
  readonly absoluteUntil: number
  idleUntil: number
  /** The newest last; one for each rotation and one for the login. */
  readonly refreshTokens: string[]
  /** Of the latest rotation. */
  nonce: string | null
  hasEnded: boolean
}

/** What a user took back, before it was done. */
export interface ModelEvent {
  readonly who: Who
  readonly kind: 'phone' | 'account'
  readonly eventAt: number
  readonly dueAt: number
}

export interface Model {
  readonly conflict: NonNullable<AppPolicy['phoneConflict']>
  now: number
  readonly identities: Map<Who, ModelUser>
  readonly users: ModelUser[]
  readonly sessions: ModelSession[]
  /** The login whose key is in use, by identity. */
  readonly newestLogin: Map<Who, string>
  events: ModelEvent[]
  /** What came about at all, in any life: a test in which nothing happens would hold too. */
  readonly happened: Set<string>
  /** Codes of the phone button that WeChat was asked about. */
  paid: number
  auditSeq: number
}

export function createModel(conflict: Model['conflict'], now: number, happened: Set<string>): Model {
  const [identities, newestLogin] = [new Map<Who, ModelUser>(), new Map<Who, string>()]
  return { conflict, now, identities, users: [], sessions: [], newestLogin, events: [], happened, paid: 0, auditSeq: 0 }
}

export function isLive(session: ModelSession, now: number): boolean {
  return !session.hasEnded && now < session.idleUntil && now < session.absoluteUntil
}

export function canAsk(session: ModelSession, now: number): boolean {
  return isLive(session, now) && now < session.accessUntil
}

export function currentPhone({ phones }: ModelUser): ModelPhone | null {
  return phones.find(({ isCurrent }) => isCurrent) ?? null
}

/** What becomes of a number that a user proves now; `refused` leaves everything as it was. */
export function prove(model: Model, user: ModelUser, number: string): 'bound' | 'replaced' | 'unchanged' | 'refused' {
  const current = currentPhone(user)
  if (current?.number === number) {
    current.provedAt = model.now
    return 'unchanged'
  }
  const others = model.users.filter(one => one !== user && !one.isGone && currentPhone(one)?.number === number)
  if (others.length > 0 && model.conflict === 'reject') return 'refused'
  if (model.conflict === 'transfer') {
    const provedBefore = model.now - 45 * 24 * 3600_000
    if (others.some(one => (currentPhone(one)?.provedAt ?? 0) > provedBefore)) return 'refused'
    for (const one of others) retire(one)
  }
  retire(user)
  user.phones.unshift({ number, provedAt: model.now, isCurrent: true })
  return current ? 'replaced' : 'bound'
}

function retire(user: ModelUser): void {
  const current = currentPhone(user)
  if (current) current.isCurrent = false
}

export function endAll(model: Model, user: ModelUser): void {
  for (const session of model.sessions) if (session.user === user) session.hasEnded = true
}

export function erase(model: Model, user: ModelUser): void {
  user.isGone = true
  user.phones = []
  for (const [who, owner] of model.identities) if (owner === user) model.identities.delete(who)
  endAll(model, user)
}

/** `from` becomes part of `into`. */
export function merge(model: Model, into: ModelUser, from: ModelUser): void {
  const hasNumber = currentPhone(into) !== null
  for (const phone of from.phones) into.phones.push({ ...phone, isCurrent: phone.isCurrent && !hasNumber })
  for (const [who, owner] of model.identities) if (owner === from) model.identities.set(who, into)
  from.isGone = true
  from.phones = []
  endAll(model, from)
}

/** Does what users took back and is due, by the time of the event. */
export function work(model: Model): void {
  const due = model.events.filter(({ dueAt }) => dueAt <= model.now)
  model.events = model.events.filter(event => !due.includes(event))
  for (const { who, kind, eventAt } of due) {
    const user = model.identities.get(who)
    if (!user) continue
    model.happened.add(`${kind} taken back`)
    if (kind === 'phone') user.phones = user.phones.filter(({ provedAt }) => provedAt > eventAt)
    else if (user.lastLoginAt <= eventAt + limits.wechatCode) erase(model, user)
  }
}
