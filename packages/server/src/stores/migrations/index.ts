import { first } from './0001-first.ts'
import { accounts } from './0002-accounts.ts'
import { smsAndBudgets } from './0003-sms-and-budgets.ts'
import { deviceSessions } from './0004-sessions.ts'
import { jobs } from './0005-jobs.ts'
import { audit } from './0006-audit.ts'
import { merges } from './0007-merges.ts'
import { apps } from './0008-apps.ts'
import { consentLines } from './0009-consent-lines.ts'
import { tallies } from './0010-tallies.ts'
import { componentGrants } from './0011-component-grants.ts'
import { transfers } from './0012-transfers.ts'
import { consentPages } from './0013-consent-pages.ts'
import { keysOfIdentities } from './0014-keys-of-identities.ts'
import { operators } from './0015-operators.ts'
import { blockedUsers } from './0016-blocked-users.ts'
import { exportRequests } from './0017-exports.ts'
import { requestTraces } from './0018-request-traces.ts'
import type { Migration } from './migration.ts'

export type { Columns, Migration } from './migration.ts'

/** Every step of the schema, the oldest first. Forward only: what a step did is undone by a later one. */
export const migrations: readonly Migration[] = [
  first,
  accounts,
  smsAndBudgets,
  deviceSessions,
  jobs,
  audit,
  merges,
  apps,
  consentLines,
  tallies,
  componentGrants,
  transfers,
  consentPages,
  keysOfIdentities,
  operators,
  blockedUsers,
  exportRequests,
  requestTraces,
]
