import { first } from './0001-first.ts'
import { accounts } from './0002-accounts.ts'
import { smsAndBudgets } from './0003-sms-and-budgets.ts'
import { deviceSessions } from './0004-sessions.ts'
import { jobs } from './0005-jobs.ts'
import { audit } from './0006-audit.ts'
import { merges } from './0007-merges.ts'
import { apps } from './0008-apps.ts'
import { consentLines } from './0009-consent-lines.ts'
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
]
