/** Paths of the operators' API. They exist when the server has operators; `{name}` stands for one segment. */
export const adminRoutes = {
  /** Who asks. */
  operator: '/admin/v1/operator',
  /** The session of the console: `GET` tells of it, `DELETE` signs out. */
  session: '/admin/v1/session',
  /** Options of a passkey, to sign in or to prove oneself again. */
  sessionPasskeyOptions: '/admin/v1/session/passkey/options',
  sessionPasskey: '/admin/v1/session/passkey',
  sessionAuthenticator: '/admin/v1/session/authenticator',
  sessionRecovery: '/admin/v1/session/recovery',
  proofPasskey: '/admin/v1/session/proof/passkey',
  proofAuthenticator: '/admin/v1/session/proof/authenticator',
  /** What the operator who is signed in has to sign in with. */
  ownCredentials: '/admin/v1/session/credentials',
  ownPasskeyOptions: '/admin/v1/session/credentials/passkeys/options',
  ownPasskeys: '/admin/v1/session/credentials/passkeys',
  ownPasskey: '/admin/v1/session/credentials/passkeys/{id}',
  ownAuthenticatorSetup: '/admin/v1/session/credentials/authenticator/setup',
  ownAuthenticator: '/admin/v1/session/credentials/authenticator',
  ownRecoveryCodes: '/admin/v1/session/credentials/recovery-codes',
  ownSessions: '/admin/v1/sessions',
  ownSession: '/admin/v1/sessions/{id}',
  /** `POST`, so that no link stands in a log. */
  invitation: '/admin/v1/session/invitation',
  invitationPasskey: '/admin/v1/session/invitation/passkey',
  invitationAuthenticator: '/admin/v1/session/invitation/authenticator',
  operators: '/admin/v1/operators',
  operatorAccount: '/admin/v1/operators/{id}',
  operatorInvitation: '/admin/v1/operators/{id}/invitation',
  operatorSessionsEnd: '/admin/v1/operators/{id}/sessions/end',
  users: '/admin/v1/users',
  /** `POST`, because what is looked for may be a phone number, which has no place in a URL. */
  userSearch: '/admin/v1/users/search',
  user: '/admin/v1/users/{id}',
  userEvents: '/admin/v1/users/{id}/events',
  userReveal: '/admin/v1/users/{id}/reveal',
  userExport: '/admin/v1/users/{id}/export',
  userErase: '/admin/v1/users/{id}/erase',
  /** Keeps a user out, and lets them in again. */
  userBlock: '/admin/v1/users/{id}/block',
  userUnblock: '/admin/v1/users/{id}/unblock',
  userSessionsEnd: '/admin/v1/users/{id}/sessions/end',
  userMerge: '/admin/v1/users/{id}/merge',
  userMergePreview: '/admin/v1/users/{id}/merge/preview',
  userMergeUndo: '/admin/v1/users/{id}/merge/undo',
  apps: '/admin/v1/apps',
  app: '/admin/v1/apps/{appId}',
  /** Asks WeChat how the app is set up. */
  appCheck: '/admin/v1/apps/{appId}/check',
  /** What WeChat pushed lately. */
  appPush: '/admin/v1/apps/{appId}/push',
  /** Lets the emulator push; with WeChat itself this is done in its console. */
  appPushTest: '/admin/v1/apps/{appId}/push/test',
  keys: '/admin/v1/keys',
  consents: '/admin/v1/consents',
  audit: '/admin/v1/audit',
  auditVerification: '/admin/v1/audit/verification',
  jobs: '/admin/v1/jobs',
  /** Tables that leave the server: asked for, decided by another operator, downloaded. */
  exports: '/admin/v1/exports',
  exportApprove: '/admin/v1/exports/{id}/approve',
  exportDecline: '/admin/v1/exports/{id}/decline',
  exportDownload: '/admin/v1/exports/{id}/download',
  /** `POST`, because what is pasted may be anything. */
  trace: '/admin/v1/trace',
  traces: '/admin/v1/traces',
  userTraces: '/admin/v1/users/{id}/traces',
  funnel: '/admin/v1/funnel',
  cost: '/admin/v1/cost',
  latency: '/admin/v1/latency',
  alarms: '/admin/v1/alarms',
} as const
