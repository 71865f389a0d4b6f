import type {
  AuthenticatorProofRequest,
  AuthenticatorSignInRequest,
  ConsoleSession,
  ConsoleSessionAnswer,
  ConsoleSessionsAnswer,
  PasskeyCredential,
  PasskeyOptionsAnswer,
  RecoverySignInRequest,
} from '@weapp-auth/protocol/contract'
import type { Ids } from '../domain/ids.ts'
import { limits } from '../domain/limits.ts'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { type OperatorSecrets, operatorHash } from '../keys/operator-secrets.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type {
  NewOperatorSession,
  OperatorProof,
  OperatorRow,
  OperatorSessionRow,
  OperatorStore,
} from '../ports/operator-store.ts'
import { operatorLine } from './operator-line.ts'
import type { OperatorProofs } from './operator-proofs.ts'

export interface OperatorSessionsTools {
  readonly store: OperatorStore
  readonly secrets: OperatorSecrets
  readonly proofs: OperatorProofs
  readonly clock: Clock
  readonly newId: Ids
  readonly tell: Observe
}

/** Who is signed in, and by which session. */
export interface SignedIn {
  readonly operator: OperatorRow
  readonly session: OperatorSessionRow
}

/** Where a sign-in comes from. */
export interface SignInPlace {
  readonly browser: string
  /** The cookie that this browser had. */
  readonly former: string | null
  readonly requestId: string
}

/** The answer, and the new value of the cookie. */
export interface Opened {
  readonly answer: ConsoleSessionAnswer
  readonly token: string
}

/** Sessions of the console. Every sign-in throws ProblemError sign_in_invalid, whatever was wrong. */
export interface OperatorSessions {
  options(): Promise<PasskeyOptionsAnswer>
  byPasskey(credential: PasskeyCredential, place: SignInPlace): Promise<Opened>
  byAuthenticator(shown: AuthenticatorSignInRequest, place: SignInPlace): Promise<Opened>
  byRecoveryCode(shown: RecoverySignInRequest, place: SignInPlace): Promise<Opened>
  proveByPasskey(credential: PasskeyCredential, who: SignedIn): Promise<ConsoleSessionAnswer>
  proveByAuthenticator(shown: AuthenticatorProofRequest, who: SignedIn): Promise<ConsoleSessionAnswer>
  /** Whose live session it is, as they are now; `null`: nobody's. What is asked keeps it from falling idle. */
  find(token: string): Promise<SignedIn | null>
  tell(who: SignedIn): ConsoleSessionAnswer
  list(who: SignedIn): Promise<ConsoleSessionsAnswer>
  /** Throws ProblemError operator_unknown for a session that is not the operator's. */
  end(id: string, who: SignedIn): Promise<void>
  signOut(who: SignedIn): Promise<void>
  /** A session that begins now, for the step that writes it. */
  begin(input: { readonly operatorId: string; readonly way: OperatorProof['way']; readonly browser: string }): {
    readonly session: NewOperatorSession
    readonly token: string
  }
}

/** Whether who is signed in proved themselves a short while ago; a recovery code proves only that they had it. */
export function isProved({ session: { provedAt, way } }: SignedIn, now: number): boolean {
  return way !== 'recovery' && isRecent(provedAt, now)
}

/** The same for what concerns nobody but themselves: a recovery code is there to get back in. */
export function isProvedForOwn({ session: { provedAt } }: SignedIn, now: number): boolean {
  return isRecent(provedAt, now)
}

function isRecent(provedAt: number, now: number): boolean {
  return now < provedAt + limits.operatorProof
}

export function createOperatorSessions(tools: OperatorSessionsTools): OperatorSessions {
  const { store, secrets, proofs, clock, newId, tell } = tools

  function begin({ operatorId, way, browser }: Parameters<OperatorSessions['begin']>[0]) {
    const [now, token] = [clock.now(), secrets.newToken()]
    const times = { createdAt: now, seenAt: now, provedAt: now }
    const ends = { idleUntil: now + limits.operatorIdle, absoluteUntil: now + limits.operatorAbsolute }
    const row: OperatorSessionRow = { id: newId(), operatorId, way, browser, ...times, ...ends }
    return { session: { row, tokenHash: operatorHash('session', token) }, token }
  }

  function answerOf(who: SignedIn): ConsoleSessionAnswer {
    const { operator, session } = who
    return {
      operator: { id: operator.id, name: operator.name, role: operator.role },
      session: sessionAnswer(session),
      provedUntil: isProved(who, clock.now()) ? isoTime(session.provedAt + limits.operatorProof) : null,
    }
  }

  /** Every attempt is told, whatever comes of it (ASVS 5.0, 16.3.1). */
  async function signIn(
    way: OperatorProof['way'],
    { browser, former, requestId }: SignInPlace,
    prove: () => Promise<{ readonly operatorId: string; readonly proof: OperatorProof }>,
  ): Promise<Opened> {
    try {
      const { operatorId, proof } = await prove()
      const operator = await store.findOperator(operatorId)
      const { session, token } = begin({ operatorId, way, browser })
      const audit = operatorLine('operator-signed-in', clock.now(), operator?.name ?? '', { operator: operatorId, way })
      const hash = former === null ? null : operatorHash('session', former)
      if (!operator || !(await store.openOperatorSession({ ...session, proof, former: hash, audit })))
        throw new ProblemError('sign_in_invalid')
      tell({ type: 'operator-sign-in', requestId, way, outcome: 'signed-in' })
      return { answer: answerOf({ operator, session: session.row }), token }
    } catch (error) {
      if (error instanceof ProblemError && error.code !== 'route_unknown')
        tell({ type: 'operator-sign-in', requestId, way, outcome: 'refused' })
      throw error
    }
  }

  async function prove(
    { operator, session }: SignedIn,
    { operatorId, proof }: { readonly operatorId: string; readonly proof: OperatorProof },
  ): Promise<ConsoleSessionAnswer> {
    const now = clock.now()
    const audit = operatorLine('operator-proved', now, operator.name, { operator: operator.id, way: proof.way })
    const input = { sessionId: session.id, operatorId: operator.id, now, proof, audit }
    if (operatorId !== operator.id || !(await store.proveOperatorSession(input)))
      throw new ProblemError('sign_in_invalid')
    return answerOf({ operator, session: { ...session, provedAt: now, way: proof.way } })
  }

  return {
    options: async () => ({ publicKey: await proofs.options() }),
    byPasskey: (credential, place) => signIn('passkey', place, () => proofs.byPasskey(credential)),
    byAuthenticator: ({ name, ...shown }, place) =>
      signIn('authenticator', place, async () => proofs.byAuthenticator(await store.findOperatorByName(name), shown)),
    byRecoveryCode: ({ name, code }, place) =>
      signIn('recovery', place, async () => proofs.byRecoveryCode(await store.findOperatorByName(name), code)),
    proveByPasskey: async (credential, who) => prove(who, await proofs.byPasskey(credential)),
    proveByAuthenticator: async (shown, who) => prove(who, await proofs.byAuthenticator(who.operator, shown)),

    async find(token) {
      const found = await store.findOperatorSession(operatorHash('session', token))
      const now = clock.now()
      if (!found || found.operator.disabledAt !== null || found.session.idleUntil <= now) return null
      const { session } = found
      if (now - session.seenAt < limits.operatorSeen) return found
      const idleUntil = Math.min(now + limits.operatorIdle, session.absoluteUntil)
      await store.touchOperatorSession(session.id, now, idleUntil)
      return { ...found, session: { ...session, seenAt: now, idleUntil } }
    },
    tell: answerOf,
    async list({ operator, session }) {
      const rows = await store.operatorSessionsOf(operator.id, clock.now())
      return { sessions: rows.map(row => ({ ...sessionAnswer(row), current: row.id === session.id })) }
    },
    async end(id, { operator }) {
      const audit = operatorLine('operator-session-ended', clock.now(), operator.name, { operator: operator.id })
      if ((await store.endOperatorSessions(operator.id, id, audit)) === 0) throw new ProblemError('operator_unknown')
    },
    async signOut({ operator, session }) {
      const audit = operatorLine('operator-signed-out', clock.now(), operator.name, { operator: operator.id })
      await store.endOperatorSessions(operator.id, session.id, audit)
    },
    begin,
  }
}

function sessionAnswer(row: OperatorSessionRow): ConsoleSession {
  const { id, way, browser, createdAt, seenAt, idleUntil, absoluteUntil } = row
  return {
    id,
    way,
    browser,
    createdAt: isoTime(createdAt),
    seenAt: isoTime(seenAt),
    idleUntil: isoTime(idleUntil),
    absoluteUntil: isoTime(absoluteUntil),
  }
}
