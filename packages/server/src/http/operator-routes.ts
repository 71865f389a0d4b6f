// Reads better whole: one row for each route of the operators' own accounts and sessions.
import { adminRoutes } from '@weapp-auth/protocol/contract'
import { browserName } from '../domain/browser-name.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { JoinOperators } from '../usecases/invite-operators.ts'
import type { ManageOperators } from '../usecases/manage-operators.ts'
import type { OperatorCredentials } from '../usecases/operator-credentials.ts'
import type { Opened, OperatorSessions, SignedIn, SignInPlace } from '../usecases/operator-sessions.ts'
import { noQuerySchema } from './admin-schemas.ts'
import type { AuthenticateOperator } from './authenticate-operator.ts'
import type { HttpRequest } from './http-message.ts'
import type { LimitGuesses } from './limit-guesses.ts'
import { type OperatorCall, operatedBy } from './operated-by.ts'
import type { OperatorCookie } from './operator-cookie.ts'
import {
  addPasskeySchema,
  authenticatorProofSchema,
  authenticatorSignInSchema,
  changeOperatorSchema,
  emptySchema,
  inviteOperatorSchema,
  joinByAuthenticatorSchema,
  joinByPasskeySchema,
  passkeySignInSchema,
  readInvitationSchema,
  recoverySignInSchema,
  reinviteOperatorSchema,
  setAuthenticatorSchema,
} from './operator-schemas.ts'
import { json, nothing, query } from './read-request.ts'
import type { RequestLimits } from './request-limits.ts'
import { type ReadBody, type Reply, ReplyWith, type Route } from './route.ts'

export interface OperatorRouteTools {
  readonly authenticate: AuthenticateOperator
  readonly cookie: OperatorCookie
  readonly guesses: LimitGuesses
  readonly sessions: OperatorSessions
  readonly credentials: OperatorCredentials
  readonly joining: JoinOperators
  readonly managing: ManageOperators
  readonly limits: Pick<RequestLimits, 'perUser'>
}

/** What counts as a guess. */
const guessed: readonly string[] = ['sign_in_invalid', 'invitation_invalid']

export function createOperatorRoutes(tools: OperatorRouteTools): readonly Route[] {
  const { cookie, guesses, sessions, credentials, joining, managing } = tools
  const operated = operatedBy(tools.authenticate, tools.limits)

  /** A refusal of what was shown is counted; too many close the door to this address for a while. */
  async function counted<T>(ip: string | null, work: () => Promise<T>): Promise<T> {
    guesses.check(ip)
    try {
      return await work()
    } catch (error) {
      if (error instanceof ProblemError && guessed.includes(error.code)) await guesses.failed(ip)
      throw error
    }
  }

  /** For pages of the console, before anybody is signed in. */
  function page<Body>(
    path: string,
    read: ReadBody<Body>,
    handle: (body: Body, place: SignInPlace) => Promise<Reply>,
  ): Route {
    const run: Route['run'] = async (request, { ip, requestId }) => {
      cookie.checkOrigin(request)
      const body = await read(request)
      return counted(ip, () => handle(body, placeOf(request, requestId)))
    }
    const row = { method: 'POST', path, always: false, uncounted: false, rank: 'session', headers: {} } as const
    return { ...row, takes: read.takes, run }
  }

  function placeOf(request: HttpRequest, requestId: string): SignInPlace {
    return { browser: browserName(request.headers.get('user-agent')), former: cookie.read(request), requestId }
  }

  const opened = ({ answer, token }: Pick<Opened, 'token'> & { readonly answer: object }) =>
    new ReplyWith(answer, cookie.write(token))

  return [
    page(adminRoutes.sessionPasskeyOptions, json(emptySchema), () => sessions.options()),
    page(adminRoutes.sessionPasskey, json(passkeySignInSchema), async ({ credential }, place) =>
      opened(await sessions.byPasskey(credential, place)),
    ),
    page(adminRoutes.sessionAuthenticator, json(authenticatorSignInSchema), async (shown, place) =>
      opened(await sessions.byAuthenticator(shown, place)),
    ),
    page(adminRoutes.sessionRecovery, json(recoverySignInSchema), async (shown, place) =>
      opened(await sessions.byRecoveryCode(shown, place)),
    ),
    page(adminRoutes.invitation, json(readInvitationSchema), input => joining.read(input)),
    page(adminRoutes.invitationPasskey, json(joinByPasskeySchema), async (input, { browser }) =>
      opened(await joining.byPasskey(input, browser)),
    ),
    page(adminRoutes.invitationAuthenticator, json(joinByAuthenticatorSchema), async (input, { browser }) =>
      opened(await joining.byAuthenticator(input, browser)),
    ),

    operated('GET', adminRoutes.session, query(noQuerySchema), async call => sessions.tell(signedInOf(call))),
    operated('DELETE', adminRoutes.session, nothing, async call => {
      await sessions.signOut(signedInOf(call))
      return new ReplyWith(undefined, cookie.write(null))
    }),
    operated('POST', adminRoutes.proofPasskey, json(passkeySignInSchema), call =>
      counted(call.ip, () => sessions.proveByPasskey(call.body.credential, signedInOf(call))),
    ),
    operated('POST', adminRoutes.proofAuthenticator, json(authenticatorProofSchema), call =>
      counted(call.ip, () => sessions.proveByAuthenticator(call.body, signedInOf(call))),
    ),
    operated('GET', adminRoutes.ownSessions, query(noQuerySchema), call => sessions.list(signedInOf(call))),
    operated('DELETE', adminRoutes.ownSession, nothing, async call => {
      await sessions.end(idOf(call), signedInOf(call))
      return undefined
    }),

    operated('GET', adminRoutes.ownCredentials, query(noQuerySchema), call =>
      credentials.read(signedInOf(call).operator),
    ),
    operated('POST', adminRoutes.ownPasskeyOptions, json(emptySchema), call =>
      credentials.passkeyOptions(signedInOf(call).operator),
    ),
    operated('POST', adminRoutes.ownPasskeys, json(addPasskeySchema), call =>
      credentials.addPasskey(signedInOf(call).operator, call.body),
    ),
    operated('DELETE', adminRoutes.ownPasskey, nothing, async call => {
      await credentials.removePasskey(signedInOf(call).operator, idOf(call))
      return undefined
    }),
    operated('POST', adminRoutes.ownAuthenticatorSetup, json(emptySchema), async call =>
      credentials.setup(signedInOf(call).operator),
    ),
    operated('POST', adminRoutes.ownAuthenticator, json(setAuthenticatorSchema), call =>
      credentials.setAuthenticator(signedInOf(call).operator, call.body),
    ),
    operated('DELETE', adminRoutes.ownAuthenticator, nothing, async call => {
      await credentials.removeAuthenticator(signedInOf(call).operator)
      return undefined
    }),
    operated('POST', adminRoutes.ownRecoveryCodes, json(emptySchema), call =>
      credentials.makeRecoveryCodes(signedInOf(call).operator),
    ),

    operated('GET', adminRoutes.operators, query(noQuerySchema), () => managing.list()),
    operated('POST', adminRoutes.operators, json(inviteOperatorSchema), ({ body, operator }) =>
      managing.invite(body, operator.name),
    ),
    operated('PATCH', adminRoutes.operatorAccount, json(changeOperatorSchema), call =>
      managing.change({ ...call.body, id: idOf(call) }, call.operator.name),
    ),
    operated('POST', adminRoutes.operatorInvitation, json(reinviteOperatorSchema), call =>
      managing.inviteAgain({ ...call.body, id: idOf(call) }, call.operator.name),
    ),
    operated('POST', adminRoutes.operatorSessionsEnd, json(emptySchema), call =>
      managing.endSessions(idOf(call), call.operator.name),
    ),
  ]
}

/** The table of rights lets only people come here. */
function signedInOf({ signedIn }: OperatorCall<unknown>): SignedIn {
  if (!signedIn) throw new ProblemError('console_only')
  return signedIn
}

/** What cannot be an id names nothing; the store is not asked. */
function idOf({ params: { id = '' } }: OperatorCall<unknown>): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw new ProblemError('operator_unknown')
  return id
}
