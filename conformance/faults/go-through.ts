import { routes, type TokenAnswer } from '@weapp-auth/protocol/contract'
import { expect } from 'vitest'
import type { Attempt, Flow } from './flows.ts'
import { keepTokens, mo, newNonce, type Visitor, visit } from './people.ts'
import { ask, askFor, expectDiscreet, expectWellFormed, type Site, type SiteAnswer } from './site.ts'

/** What a fault does to a flow. */
export interface Promised {
  /** Any of these, as `503 upstream_unavailable` or `200`. */
  readonly answers: readonly string[]
  /** What a refusal leaves behind, before anybody tries again. Default: `nothing`. */
  readonly effect?: 'done' | 'nothing' | 'either'
  /** What the same request brings after the fault. Default: `200`. */
  readonly again?: readonly string[]
  /** What the flow answers when it is begun anew after that. Default: 200. */
  readonly fresh?: readonly string[]
}

export const asUsual: Promised = { answers: ['200'] }

/** Something that breaks, and what the system promises meanwhile. */
export interface FaultCase<S extends Site> {
  begin(site: S): Promise<void> | void
  end(site: S): Promise<void> | void
  promised: Promised
  /** More that must hold while it is broken; `answer` is what the flow got, `attempt` can be sent again. */
  during?(site: S, answer: SiteAnswer, attempt: Attempt): Promise<void> | void
  /** Whether the server can be asked at all meanwhile, so that open sessions must go on (P5). Default: true. */
  readonly sessionsGoOn?: boolean
  /** Starts it anew, where that can be done: what was acknowledged must be there then too. */
  restart?(site: S): Promise<void>
}

/** `503 upstream_unavailable`, `200`. */
export const nameOf = ({ status, body }: SiteAnswer) => (status < 400 ? String(status) : `${status} ${body.code}`)

/**
 * One cell of the matrix: begins a flow, breaks something, sends, mends it, sends again. Asserts what was promised, and
 * P1 to P6 whatever it was.
 */
export async function goThrough<S extends Site>(site: S, flow: Flow, fault: FaultCase<S>): Promise<void> {
  const { promised, sessionsGoOn = true } = fault
  const bystander = await visit(site, mo)
  const attempt = await flow.begin(site)
  await fault.begin(site)
  const answer = await attempt.send()
  expectWellFormed(answer)
  expect(promised.answers).toContain(nameOf(answer))
  await fault.during?.(site, answer, attempt)
  const meanwhile = sessionsGoOn ? await goesOn(site, bystander) : bystander
  await fault.end(site)
  if (answer.status !== 200) await expectEffect(attempt, promised)
  const again = await attempt.send()
  expectWellFormed(again)
  expect(promised.again ?? ['200']).toContain(nameOf(again))
  await expectKept(attempt, [answer, again])
  // What cannot be repeated is begun anew: the client does that by itself, or the user taps once more.
  if (again.status !== 200) await expectFresh(site, flow, promised.fresh)
  await goesOn(site, meanwhile)
  if (fault.restart) {
    await fault.restart(site)
    await expectKept(attempt, [answer, again])
  }
  expect(await site.looseEnds()).toEqual([])
  expectDiscreet(site)
}

async function expectEffect(attempt: Attempt, { effect = 'nothing' }: Promised): Promise<void> {
  const found = await attempt.effect()
  if (effect !== 'either') expect(found).toBe(effect)
}

/** P1: what was acknowledged once is there. */
async function expectKept(attempt: Attempt, answers: readonly SiteAnswer[]): Promise<void> {
  if (answers.some(({ status }) => status === 200)) expect(await attempt.effect()).toBe('done')
}

/** P6: without a restart the flow works again from its beginning. */
async function expectFresh(site: Site, flow: Flow, names: readonly string[] = ['200']): Promise<void> {
  const attempt = await flow.begin(site)
  const answer = await attempt.send()
  expect(names).toContain(nameOf(answer))
  if (answer.status === 200) expect(await attempt.effect()).toBe('done')
}

/** P5: a session that is open is refreshed and used. Returns it with its new tokens. */
export async function goesOn(site: Site, visitor: Visitor): Promise<Visitor> {
  const body = { refreshToken: visitor.refreshToken, nonce: newNonce() }
  const { tokens } = await askFor<TokenAnswer>(site, routes.token, { body })
  keepTokens(site, tokens)
  const me = await ask(site, routes.me, { token: tokens.accessToken })
  expect(me.status).toBe(200)
  return { ...visitor, ...tokens }
}
