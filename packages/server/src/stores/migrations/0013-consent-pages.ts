import type { Migration } from './migration.ts'

/** A page of a user's history of consents is read in its order, wherever in it the page begins. */
export const consentPages: Migration = {
  id: 13,
  name: 'consent-pages',
  statements: () => ['CREATE INDEX consent_in_order ON consent (user_id, id)'],
}
