import type {
  ChangeOperatorRequest,
  EndSessionsAnswer,
  InvitationLinkAnswer,
  InviteOperatorRequest,
  OperatorAccount,
  OperatorAccountAnswer,
  OperatorAccountsAnswer,
} from '@weapp-auth/protocol/contract'
import type { Operator } from '../domain/operators.ts'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { Clock } from '../ports/clock.ts'
import type { ListedOperator, OperatorStore } from '../ports/operator-store.ts'
import type { InviteOperator } from './invite-operators.ts'
import { operatorLine } from './operator-line.ts'

export interface ManageOperatorsTools {
  readonly store: OperatorStore
  readonly invite: InviteOperator
  /** Those of the options, with their names. */
  readonly programs: readonly Operator[]
  readonly linkOf: (token: string) => string
  readonly clock: Clock
}

/** Accounts of the console, for admins. `by`: the name of who does it. */
export interface ManageOperators {
  list(): Promise<OperatorAccountsAnswer>
  /** Throws ProblemError operator_taken: a program or another account has the name. */
  invite(input: InviteOperatorRequest, by: string): Promise<InvitationLinkAnswer>
  /** Throws ProblemError operator_unknown. */
  inviteAgain(input: { readonly id: string; readonly reason: string }, by: string): Promise<InvitationLinkAnswer>
  /** Throws ProblemError operator_unknown, operator_needed. */
  change(input: ChangeOperatorRequest & { readonly id: string }, by: string): Promise<OperatorAccountAnswer>
  endSessions(id: string, by: string): Promise<EndSessionsAnswer>
}

export function createManageOperators(tools: ManageOperatorsTools): ManageOperators {
  const { store, invite, programs, linkOf, clock } = tools

  async function find(id: string): Promise<ListedOperator> {
    const found = (await store.listOperators(clock.now())).find(one => one.id === id)
    if (!found) throw new ProblemError('operator_unknown')
    return found
  }

  async function linkFor(input: Parameters<InviteOperator>[0]): Promise<InvitationLinkAnswer> {
    const invitation = await invite(input)
    if (!invitation) throw new ProblemError('operator_taken')
    return { link: linkOf(invitation.token), until: isoTime(invitation.until) }
  }

  return {
    async list() {
      const now = clock.now()
      return {
        operators: (await store.listOperators(now)).map(accountAnswer),
        programs: programs.map(({ name, role }) => ({ name, role })),
        invitations: (await store.listInvitations(now)).map(({ name, role, invitedBy, until }) => ({
          name,
          role,
          invitedBy,
          until: isoTime(until),
        })),
      }
    },
    async invite({ name, role }, by) {
      if (programs.some(one => one.name === name)) throw new ProblemError('operator_taken')
      return linkFor({ name, role, by })
    },
    async inviteAgain({ id, reason }, by) {
      const { name, role, disabledAt } = await find(id)
      if (disabledAt !== null) throw new ProblemError('operator_unknown')
      return linkFor({ name, role, operatorId: id, by, reason })
    },
    async change({ id, role, disabled, reason }, by) {
      const now = clock.now()
      const what = { ...(role !== undefined && { role }), ...(disabled !== undefined && { disabled }) }
      const audit = operatorLine('operator-changed', now, by, { operator: id, ...what, reason })
      const outcome = await store.changeOperator({ id, now, ...what, audit })
      if (outcome === 'unknown') throw new ProblemError('operator_unknown')
      if (outcome === 'last') throw new ProblemError('operator_needed')
      return { operator: accountAnswer(await find(id)) }
    },
    async endSessions(id, by) {
      await find(id)
      const audit = operatorLine('operator-sessions-ended', clock.now(), by, { operator: id })
      return { ended: await store.endOperatorSessions(id, null, audit) }
    },
  }
}

function accountAnswer(row: ListedOperator): OperatorAccount {
  const { id, name, role, createdAt, disabledAt, passkeys, totpSince, recoveryCodes, sessions, seenAt } = row
  return {
    id,
    name,
    role,
    createdAt: isoTime(createdAt),
    disabledAt: disabledAt === null ? null : isoTime(disabledAt),
    passkeys,
    authenticator: totpSince !== null,
    recoveryCodesLeft: recoveryCodes,
    sessions,
    seenAt: seenAt === null ? null : isoTime(seenAt),
  }
}
