import type { Console } from './console.ts'
import type { Ids } from './domain/ids.ts'
import type { Operator } from './domain/operators.ts'
import type { AuthenticateOperator } from './http/authenticate-operator.ts'
import type { LimitGuesses } from './http/limit-guesses.ts'
import { createOperatorCookie } from './http/operator-cookie.ts'
import { createOperatorRoutes } from './http/operator-routes.ts'
import type { RequestLimits } from './http/request-limits.ts'
import type { Route } from './http/route.ts'
import { createOperatorSecrets } from './keys/operator-secrets.ts'
import type { Ring } from './keys/ring.ts'
import type { Vault } from './keys/vault.ts'
import type { Clock } from './ports/clock.ts'
import type { Observe } from './ports/observer.ts'
import type { Random } from './ports/random.ts'
import type { Store } from './ports/store.ts'
import { createInviteOperator, createJoinOperators } from './usecases/invite-operators.ts'
import { createManageOperators } from './usecases/manage-operators.ts'
import { createOperatorCredentials } from './usecases/operator-credentials.ts'
import { createOperatorProofs } from './usecases/operator-proofs.ts'
import { createOperatorSessions } from './usecases/operator-sessions.ts'
import { createSetUpAuthenticator } from './usecases/set-up-authenticator.ts'

export interface OpenConsoleTools {
  readonly store: Store
  readonly ring: Ring
  readonly vault: Vault
  readonly clock: Clock
  readonly random: Random
  readonly newId: Ids
  readonly tell: Observe
  readonly guesses: LimitGuesses
  readonly limits: Pick<RequestLimits, 'perUser'>
  /** Operators' programs. */
  readonly programs: readonly Operator[]
}

/** A link with which an operator joins. */
export interface InvitationLink {
  /** Works once. */
  readonly link: string
  /** Milliseconds since 1970. */
  readonly until: number
}

/**
 * Where the pages of the console take an invitation: behind `#`, which browsers send to nobody.
 *
 * @example
 * invitationLink('https://auth.example.com', 'token') // 'https://auth.example.com/console/#invitation=token'
 */
export function invitationLink(origin: string, token: string): string {
  return `${origin}/console/#invitation=${token}`
}

/** People who sign in, put together. */
export function openConsole({ party, passkeys, cookie: cookieOptions }: Console, tools: OpenConsoleTools) {
  const secrets = createOperatorSecrets(tools)
  const own = { ...tools, secrets, party, passkeys }
  const proofs = createOperatorProofs(own)
  const sessions = createOperatorSessions({ ...own, proofs })
  const setUpAuthenticator = createSetUpAuthenticator(own)
  const cookie = createOperatorCookie({ cookie: cookieOptions, origin: party.origin })
  const invite = createInviteOperator(own)
  const linkOf = (token: string) => invitationLink(party.origin, token)
  const more = { ...own, proofs, sessions, setUpAuthenticator, cookie, invite, linkOf }

  return {
    people: { sessions, cookie },
    routes: (authenticate: AuthenticateOperator): readonly Route[] =>
      createOperatorRoutes({
        ...more,
        authenticate,
        credentials: createOperatorCredentials(more),
        joining: createJoinOperators(more),
        managing: createManageOperators(more),
      }),
    /** `null`: there is an operator already. */
    async inviteFirst(): Promise<InvitationLink | null> {
      const { store, clock } = tools
      if ((await store.listOperators(clock.now())).length > 0) return null
      const invitation = await invite({ name: null, role: 'admin', by: 'server' })
      return invitation && { link: linkOf(invitation.token), until: invitation.until }
    },
  }
}
