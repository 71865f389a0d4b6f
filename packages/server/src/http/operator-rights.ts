// Reads better whole: who of the operators may do what. There is no other place that decides it.
import { adminRoutes, type OperatorRole } from '@weapp-auth/protocol/contract'

export interface OperatorRight {
  /** The least role that may. */
  readonly role: OperatorRole
  /**
   * Who is signed in must have proved themselves within five minutes: `proof` by passkey or authenticator, `own` by a
   * recovery code as well, for it concerns nobody else. Programs have no such proof; their token is all they have.
   */
  readonly fresh?: 'proof' | 'own'
  /** Only people who are signed in: a program has no session, and makes no operators. */
  readonly people?: true
}

const viewer: OperatorRight = { role: 'viewer' }
const supportProved: OperatorRight = { role: 'support', fresh: 'proof' }
const admin: OperatorRight = { role: 'admin' }
const own: OperatorRight = { role: 'viewer', people: true }
const ownProved: OperatorRight = { role: 'viewer', people: true, fresh: 'own' }
const adminProved: OperatorRight = { role: 'admin', people: true, fresh: 'proof' }

/** By method and path. A route that is not here cannot be made. */
export const operatorRights: Readonly<Record<string, OperatorRight>> = {
  [`GET ${adminRoutes.operator}`]: viewer,
  [`GET ${adminRoutes.users}`]: viewer,
  [`POST ${adminRoutes.userSearch}`]: viewer,
  [`GET ${adminRoutes.user}`]: viewer,
  [`GET ${adminRoutes.userEvents}`]: viewer,
  [`POST ${adminRoutes.userReveal}`]: supportProved,
  [`POST ${adminRoutes.userExport}`]: supportProved,
  [`POST ${adminRoutes.userErase}`]: supportProved,
  [`POST ${adminRoutes.userSessionsEnd}`]: { role: 'support' },
  [`POST ${adminRoutes.userBlock}`]: { role: 'support' },
  [`POST ${adminRoutes.userUnblock}`]: { role: 'support' },
  [`POST ${adminRoutes.userMergePreview}`]: viewer,
  [`POST ${adminRoutes.userMerge}`]: supportProved,
  [`POST ${adminRoutes.userMergeUndo}`]: supportProved,
  [`GET ${adminRoutes.apps}`]: viewer,
  [`POST ${adminRoutes.apps}`]: admin,
  [`PATCH ${adminRoutes.app}`]: admin,
  [`DELETE ${adminRoutes.app}`]: admin,
  [`POST ${adminRoutes.appCheck}`]: admin,
  [`GET ${adminRoutes.appPush}`]: viewer,
  [`POST ${adminRoutes.appPushTest}`]: admin,
  [`GET ${adminRoutes.keys}`]: viewer,
  [`GET ${adminRoutes.audit}`]: viewer,
  [`GET ${adminRoutes.auditVerification}`]: viewer,
  [`GET ${adminRoutes.jobs}`]: viewer,
  [`GET ${adminRoutes.exports}`]: viewer,
  [`POST ${adminRoutes.exports}`]: supportProved,
  [`POST ${adminRoutes.exportApprove}`]: adminProved,
  [`POST ${adminRoutes.exportDecline}`]: adminProved,
  [`POST ${adminRoutes.exportDownload}`]: supportProved,
  [`POST ${adminRoutes.trace}`]: viewer,
  [`GET ${adminRoutes.traces}`]: viewer,
  [`GET ${adminRoutes.userTraces}`]: viewer,
  [`GET ${adminRoutes.consents}`]: viewer,
  [`GET ${adminRoutes.funnel}`]: viewer,
  [`GET ${adminRoutes.cost}`]: viewer,
  [`GET ${adminRoutes.latency}`]: viewer,
  [`GET ${adminRoutes.alarms}`]: viewer,

  [`GET ${adminRoutes.session}`]: own,
  [`DELETE ${adminRoutes.session}`]: own,
  [`POST ${adminRoutes.proofPasskey}`]: own,
  [`POST ${adminRoutes.proofAuthenticator}`]: own,
  [`GET ${adminRoutes.ownSessions}`]: own,
  [`DELETE ${adminRoutes.ownSession}`]: own,
  [`GET ${adminRoutes.ownCredentials}`]: own,
  [`POST ${adminRoutes.ownPasskeyOptions}`]: ownProved,
  [`POST ${adminRoutes.ownPasskeys}`]: ownProved,
  [`DELETE ${adminRoutes.ownPasskey}`]: ownProved,
  [`POST ${adminRoutes.ownAuthenticatorSetup}`]: ownProved,
  [`POST ${adminRoutes.ownAuthenticator}`]: ownProved,
  [`DELETE ${adminRoutes.ownAuthenticator}`]: ownProved,
  [`POST ${adminRoutes.ownRecoveryCodes}`]: ownProved,

  [`GET ${adminRoutes.operators}`]: admin,
  [`POST ${adminRoutes.operators}`]: adminProved,
  [`PATCH ${adminRoutes.operatorAccount}`]: adminProved,
  [`POST ${adminRoutes.operatorInvitation}`]: adminProved,
  [`POST ${adminRoutes.operatorSessionsEnd}`]: adminProved,
}
