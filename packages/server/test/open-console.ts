import type {
  InvitationAnswer,
  InvitationLinkAnswer,
  JoinAnswer,
  OperatorRole,
  Problem,
} from '@weapp-auth/protocol/contract'
import { adminRoutes, consoleHeader, routes } from '@weapp-auth/protocol/contract'
import { expect } from 'vitest'
import { totpCode } from '../src/keys/totp.ts'
import { createPasskeys } from '../src/passkeys/passkeys.ts'
import { type Answer, issuer, openServer } from './open-server.ts'
import { createSoftAuthenticator } from './soft-authenticator.ts'

// What is loaded and made once is not for the first test to wait for: the library, and the document of the API.
const party = { id: 'auth.example.com', name: 'weapp-auth', origin: issuer }
await createPasskeys().requestOptions({ party, challenge: new Uint8Array(38) })
await openServer().get(routes.openapi)

/** The secret of an authenticator app, as a person types it. */
export function secretOf(base32: string): Uint8Array {
  const bits = [...base32].map(letter =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  )
  return Uint8Array.from(bits.join('').match(/.{8}/g) ?? [], byte => Number.parseInt(byte, 2))
}

export const tokenIn = (link: string) => link.split('#invitation=')[1] ?? ''

/** A server with a console, and browsers that use it. */
export function openConsoleServer(options: Parameters<typeof openServer>[0] = {}) {
  const server = openServer({ console: { passkeys: createPasskeys() }, ...options })

  /** A browser with its own cookie. */
  function openBrowser() {
    let cookie: string | null = null
    const device = createSoftAuthenticator({ origin: issuer })

    async function ask<T = Problem>(
      method: string,
      path: string,
      body?: unknown,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<Answer<T>> {
      const answer = await server.send<T>(path, {
        method,
        headers: {
          'content-type': 'application/json',
          origin: issuer,
          [consoleHeader]: '1',
          'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
          ...(cookie !== null && { cookie }),
          ...headers,
        },
        body: body === undefined ? null : JSON.stringify(body),
      })
      const [pair = ''] = (answer.headers.get('set-cookie') ?? '').split(';')
      if (pair !== '') cookie = pair.endsWith('=') ? null : pair
      return answer
    }
    const post = <T = Problem>(path: string, body: unknown = {}) => ask<T>('POST', path, body)

    /** Options of a passkey, as the server gives them. */
    async function options(path: string = adminRoutes.sessionPasskeyOptions) {
      return (await post<{ publicKey: { challenge: string } }>(path)).body.publicKey
    }

    /** Joins by passkey with what the link says. */
    async function join(link: string, name?: string) {
      const invitation = { invitation: tokenIn(link), ...(name !== undefined && { name }) }
      const { body } = await post<InvitationAnswer>(adminRoutes.invitation, invitation)
      const passkey = body.ways?.passkey
      if (!passkey) throw new Error('no options of a passkey')
      const joined = { ...invitation, label: 'laptop', credential: device.create(passkey) }
      return post<JoinAnswer & Problem>(adminRoutes.invitationPasskey, joined)
    }

    /** Joins with an authenticator app. */
    async function joinByCode(link: string) {
      const invitation = { invitation: tokenIn(link) }
      const { body } = await post<InvitationAnswer>(adminRoutes.invitation, invitation)
      if (!body.ways || body.name === null) throw new Error('no way to join')
      const { key, secret, setup } = body.ways.authenticator
      const code = () => totpCode(secretOf(secret), Math.floor(server.time.now / 30_000))
      const joined = await post<JoinAnswer>(adminRoutes.invitationAuthenticator, {
        ...invitation,
        setup,
        key,
        code: code(),
      })
      expect(joined.status).toBe(200)
      return { name: body.name, key, code, joined: joined.body }
    }

    return {
      device,
      send: ask,
      post,
      get: <T = Problem>(path: string) => ask<T>('GET', path),
      options,
      join,
      joinByCode,
      signIn: async () => post(adminRoutes.sessionPasskey, { credential: device.get(await options()) }),
      prove: async () => post(adminRoutes.proofPasskey, { credential: device.get(await options()) }),
      cookie: () => cookie,
    }
  }

  /** The first operator, an admin, who has just joined. */
  async function first(name = 'chen') {
    const browser = openBrowser()
    const invitation = await server.server.inviteFirstOperator()
    const joined = await browser.join(invitation?.link ?? '', name)
    expect(joined.status).toBe(200)
    return { ...browser, joined: joined.body }
  }

  /** Somebody whom the admin invites. */
  async function invite(admin: Pick<Awaited<ReturnType<typeof first>>, 'post'>, name: string, role: OperatorRole) {
    const { body, status } = await admin.post<InvitationLinkAnswer>(adminRoutes.operators, { name, role })
    expect(status).toBe(200)
    return body.link
  }

  return { ...server, openBrowser, first, invite }
}
