// Reads better whole: the six flows of the fault matrix, each with its one request and how to see what became of it.
import {
  type AuditLinesAnswer,
  adminRoutes,
  type OperatorJobsAnswer,
  type OperatorUserAnswer,
  routes,
  type SearchUsersAnswer,
  type TokenAnswer,
} from '@weapp-auth/protocol/contract'
import { keepTokens, lin, loginCode, newNonce, openIdOf, tap, type Visitor, visit } from './people.ts'
import { type Asked, ask, askFor, type Site, type SiteAnswer } from './site.ts'

type FlowId = 'login' | 'phone-code' | 'phone-data' | 'refresh' | 'revoke-event' | 'admin-erase'

/** One request of a flow, made but not sent. */
export interface Attempt {
  /** Sends it: each time the very same request, as a client does that got no answer. */
  send(): Promise<SiteAnswer>
  /**
   * What operators and the user can see of it: all of it, or nothing.
   *
   * @throws when it is half done (P2).
   */
  effect(): Promise<'done' | 'nothing'>
}

/** One of the six, always for Lin. */
export interface Flow {
  readonly id: FlowId
  /** Whether WeChat is asked on the way: what breaks between the server and WeChat touches no other flow. */
  readonly asksWechat: boolean
  /** Does everything up to the request. */
  begin(site: Site): Promise<Attempt>
}

/** Throws unless every part of an effect agrees. */
function whole(parts: Readonly<Record<string, boolean>>): 'done' | 'nothing' {
  const values = new Set(Object.values(parts))
  if (values.size > 1) throw new Error(`half done: ${JSON.stringify(parts)}`)
  return values.has(true) ? 'done' : 'nothing'
}

const asOperator = <T>(site: Site, path: string, asked: Asked = {}) =>
  askFor<T>(site, path, { ...asked, token: site.operatorToken })

export const readUser = (site: Site, userId: string) =>
  asOperator<OperatorUserAnswer>(site, adminRoutes.user.replace('{id}', userId))

/** How many lines of the audit log say that this was done to a user. */
async function linesOf(site: Site, userId: string, act: string): Promise<number> {
  const path = adminRoutes.userEvents.replace('{id}', userId)
  const { lines } = await asOperator<AuditLinesAnswer>(site, path)
  return lines.filter(line => line.act === act).length
}

const login: Flow = {
  id: 'login',
  asksWechat: true,
  async begin(site) {
    const body = { appId: site.app.appId, code: await loginCode(site, lin), nonce: newNonce() }
    return {
      send: () => ask(site, routes.login, { body }),
      async effect() {
        const q = openIdOf(site, lin)
        const { users } = await asOperator<SearchUsersAnswer>(site, adminRoutes.userSearch, { body: { q } })
        const found = await Promise.all(users.map(({ id }) => readUser(site, id)))
        return whole({
          user: found.length === 1,
          session: found.some(({ sessions }) => sessions.length > 0),
          identity: found.some(({ identities }) => identities.length === 1 && identities[0]?.openId === q),
        })
      },
    }
  },
}

function boundOnce(site: Site, visitor: Visitor): Attempt['effect'] {
  return async () => {
    const { user, phones } = await readUser(site, visitor.userId)
    if (phones.length > 1) throw new Error(`one tap made ${phones.length} numbers`)
    return whole({ current: user.phone !== null, history: phones.length === 1 })
  }
}

const phoneCode: Flow = {
  id: 'phone-code',
  asksWechat: true,
  async begin(site) {
    const visitor = await visit(site, lin)
    const { code } = await tap(site, visitor)
    const asked = { token: visitor.accessToken, body: { code, nonce: newNonce() } }
    return { send: () => ask(site, routes.phone, asked), effect: boundOnce(site, visitor) }
  },
}

const phoneData: Flow = {
  id: 'phone-data',
  asksWechat: true,
  async begin(site) {
    const visitor = await visit(site, lin)
    const { encryptedData, iv } = await tap(site, visitor)
    const body = { encryptedData, iv, loginId: visitor.loginId, nonce: newNonce() }
    const asked = { token: visitor.accessToken, body }
    return { send: () => ask(site, routes.phone, asked), effect: boundOnce(site, visitor) }
  },
}

const refresh: Flow = {
  id: 'refresh',
  asksWechat: false,
  async begin(site) {
    const { refreshToken, userId } = await visit(site, lin)
    const body = { refreshToken, nonce: newNonce() }
    const refreshedAt = async () => {
      const { sessions } = await readUser(site, userId)
      if (sessions.length !== 1) throw new Error(`the session became ${sessions.length}`)
      return sessions[0]?.refreshedAt
    }
    const before = await refreshedAt()
    site.tick()
    return {
      async send() {
        const answer = await ask(site, routes.token, { body })
        if (answer.status === 200) keepTokens(site, (answer.body as unknown as TokenAnswer).tokens)
        return answer
      },
      effect: async () => whole({ refreshed: (await refreshedAt()) !== before }),
    }
  },
}

/** Lin with a number, which the rest of a flow is about. */
async function known(site: Site): Promise<Visitor> {
  const visitor = await visit(site, lin)
  const { code } = await tap(site, visitor)
  await askFor(site, routes.phone, { token: visitor.accessToken, body: { code, nonce: newNonce() } })
  return visitor
}

const revokeEvent: Flow = {
  id: 'revoke-event',
  asksWechat: false,
  async begin(site) {
    const { userId } = await known(site)
    site.tick()
    const event = { event: 'user_authorization_revoke', personId: lin.id, revokeInfo: '8' } as const
    await site.emulator.control.push.send(site.app.appId, event)
    const { path, headers, body } = site.courier.take()
    return {
      send: () => ask(site, path, { body, headers }),
      async effect() {
        const jobs = await asOperator<OperatorJobsAnswer>(site, `${adminRoutes.jobs}?which=waiting`)
        // Time passes only where there is something to wait for: the same message is too old after five minutes.
        if (jobs.jobs.length > 0) await site.settle()
        const { user, phones } = await readUser(site, userId)
        const lines = await linesOf(site, userId, 'authorization-revoked')
        if (lines > 1) throw new Error(`one event acted ${lines} times`)
        return whole({ current: user.phone === null, history: phones.length === 0, proof: lines === 1 })
      },
    }
  },
}

const adminErase: Flow = {
  id: 'admin-erase',
  asksWechat: false,
  async begin(site) {
    const { userId, accessToken } = await known(site)
    const body = { reason: 'ticket 4711', nonce: newNonce() }
    const path = adminRoutes.userErase.replace('{id}', userId)
    return {
      send: () => ask(site, path, { body, token: site.operatorToken }),
      async effect() {
        const { user, identities, phones, sessions } = await readUser(site, userId)
        const lines = await linesOf(site, userId, 'user-erased')
        if (lines > 1) throw new Error(`one erasure was written down ${lines} times`)
        const me = await ask(site, routes.me, { token: accessToken })
        return whole({
          user: user.status === 'erased',
          identities: identities.length === 0,
          phones: phones.length === 0,
          sessions: sessions.length === 0,
          token: me.status === 401,
          proof: lines === 1,
        })
      },
    }
  },
}

/** The columns of the fault matrix. */
export const flows: readonly Flow[] = [login, phoneCode, phoneData, refresh, revokeEvent, adminErase]
