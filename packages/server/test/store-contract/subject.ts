import { createHash } from 'node:crypto'
import { createIds } from '../../src/domain/ids.ts'
import type { AccessTokenStore } from '../../src/ports/access-token-store.ts'
import type { Page } from '../../src/ports/page.ts'
import type { Claim, PhoneConflictRule, RecordLogin, RecordPhone, Store } from '../../src/ports/store.ts'

/** What the suite is run on. */
export type Subject = Store & AccessTokenStore

/** Answers the store of the test that runs. */
export type UseStore = () => Subject

/** How often a race is run again; `npm run test:long` runs each 500 times. */
export const rounds = process.env.WEAPP_AUTH_LONG ? 500 : 8

export const now = 1_800_000_000_000
export const minute = 60_000
export const appId = 'wx0000000000000001'
export const otherAppId = 'wx0000000000000002'

export const newId = createIds({
  clock: { now: () => now },
  random: { bytes: length => crypto.getRandomValues(new Uint8Array(length)) },
})

/** 32 bytes that differ for different texts: stands for a hash, a sealed value, a fingerprint. A Buffer, as drivers give. */
export function bytes(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}

export function claimOf(code: string, overrides: Partial<Claim> = {}): Claim {
  const claim = { kind: 'login-code', appId, hash: bytes(code), attempt: bytes(`nonce of ${code}`) } as const
  return { ...claim, until: now + 24 * 60 * minute, ...overrides }
}

/** A login of a new user, unless told otherwise; every call spends another code. */
export function loginOf(openId: string, overrides: Partial<RecordLogin> = {}): RecordLogin {
  return {
    now,
    appId,
    openId,
    unionId: null,
    user: { id: newId(), create: { wrappedKey: bytes(`data key of ${openId}`) } },
    session: { id: newId(), device: 'ios', idleUntil: now + 10 * minute, absoluteUntil: now + 60 * minute },
    loginId: newId(),
    sessionKey: null,
    claim: claimOf(newId()),
    ...overrides,
  }
}

/** Another login of the user of an earlier one. */
export function againOf(first: RecordLogin, overrides: Partial<RecordLogin> = {}): RecordLogin {
  return loginOf(first.openId, { user: { id: first.user.id, create: null }, ...overrides })
}

/** A session_key as the use case hands it over: equal text, equal fingerprint; every call makes a new row. */
export function keyOf(text: string): NonNullable<RecordLogin['sessionKey']> {
  const id = newId()
  return { id, sealed: bytes(`${text} sealed for ${id}`), fingerprint: bytes(text) }
}

/** The rule under which a number has one owner; its indexes are those of `phoneOf`. */
export function ruleOf(rule: 'reject' | 'transfer', number: string, provedBefore = now): PhoneConflictRule {
  return rule === 'reject' ? { rule, indexes: [bytes(number)] } : { rule, indexes: [bytes(number)], provedBefore }
}

export function phoneOf(userId: string, number: string, overrides: Partial<RecordPhone> = {}): RecordPhone {
  return {
    now,
    askedAt: now,
    appId,
    userId,
    phone: {
      id: newId(),
      sealedNumber: bytes(`sealed ${number}`),
      blindIndex: bytes(number),
      countryCode: '86',
      source: 'phone-code',
      verifiedAt: now,
    },
    sameAs: null,
    conflict: { rule: 'keep-both' },
    claims: [],
    ...overrides,
  }
}

/** Logs a new user in, and answers what was recorded. */
export async function registered(
  store: Pick<Store, 'recordLogin'>,
  overrides: Partial<RecordLogin> = {},
): Promise<RecordLogin> {
  const login = loginOf(`open-${newId()}`, overrides)
  const outcome = await store.recordLogin(login)
  if (outcome.status !== 'recorded') throw new Error(`expected a recorded login, got ${outcome.status}`)
  return login
}

/** Starts `count` callers at once and answers what each got. */
export function race<T>(count: number, start: (index: number) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => start(index)))
}

/** How many of these have this status. */
export function countOf(outcomes: readonly { readonly status: string }[], status: string): number {
  return outcomes.filter(outcome => outcome.status === status).length
}

export const idOf = ({ id }: { readonly id: string }) => id

/** A list, read two rows at a time. */
export async function pagesOf<Row>(
  read: (page: Page) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): Promise<readonly (readonly Row[])[]> {
  const pages = [await read({ limit: 2 })]
  for (let last = pages.at(-1); last?.length === 2; last = pages.at(-1))
    pages.push(await read({ after: last.map(keyOf).at(-1) ?? null, limit: 2 }))
  return pages
}
