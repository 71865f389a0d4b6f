import type { Migration } from './migration.ts'

/** However long a history of consents is, its newest line and what was withdrawn lately are found at once. */
export const consentLines: Migration = {
  id: 9,
  name: 'consent-lines',
  statements: () => [
    'CREATE INDEX consent_by_scope ON consent (user_id, app_id, scope, id)',
    'CREATE INDEX consent_by_time ON consent (user_id, at)',
  ],
}
