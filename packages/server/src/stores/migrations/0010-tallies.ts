import type { Migration } from './migration.ts'

/** Counts for funnel and cost, and what else operators ask for. */
export const tallies: Migration = {
  id: 10,
  name: 'tallies',
  statements: ({ text, integer, word, rowNumber, numbered }) => [
    // Apps and kinds of events, never persons.
    `CREATE TABLE tally (
      ${rowNumber('id')},
      ${word('unit', ['hour', 'day'])},
      ${integer('at')},
      ${text('app_id', 64)},
      ${text('name', 128)},
      ${integer('total')},
      UNIQUE (unit, app_id, at, name)
    ) ${numbered}`,
    'CREATE INDEX tally_by_time ON tally (unit, at)',
    'CREATE INDEX tally_by_age ON tally (at)',

    'CREATE INDEX audit_by_subject ON audit (subject, seq)',
  ],
}
