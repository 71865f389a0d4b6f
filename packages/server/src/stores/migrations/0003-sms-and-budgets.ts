import type { Migration } from './migration.ts'

/**
 * One-time codes by SMS, and counters of what must not happen too often. `phone` and `spent` are made anew, row by row,
 * because a list of allowed words cannot be changed in place everywhere.
 */
export const smsAndBudgets: Migration = {
  id: 3,
  name: 'sms-and-budgets',
  statements: ({ text, bytes, integer, word, rowNumber, numbered, keyed, index, uniqueIndex }) => [
    // Not tied to the user: the number is sealed with the user's key, and the row is gone after a day.
    `CREATE TABLE sms (
      ${text('id', 36)},
      ${text('app_id', 64)},
      ${text('user_id', 36)},
      ${bytes('attempt', 64)},
      ${bytes('sealed_number', 256)},
      ${text('country_code', 4)},
      ${bytes('code_hash', 64)},
      ${integer('wrong')},
      ${bytes('last_wrong', 64, 'null')},
      ${integer('opened_at')},
      ${integer('expires_at')},
      ${integer('sent_at', 'null')},
      ${integer('until')},
      PRIMARY KEY (id),
      UNIQUE (attempt)
    ) ${keyed}`,
    'CREATE INDEX sms_by_until ON sms (until)',

    `CREATE TABLE budget (
      ${bytes('name', 64)},
      ${integer('used')},
      ${integer('until')},
      PRIMARY KEY (name)
    ) ${keyed}`,
    'CREATE INDEX budget_by_until ON budget (until)',

    `CREATE TABLE spent_with_sms (
      ${rowNumber('id')},
      ${word('kind', ['login-code', 'phone-code', 'open-data', 'sms-code'])},
      ${text('app_id', 64)},
      ${bytes('hash', 64)},
      ${bytes('attempt', 64)},
      ${integer('claimed_at')},
      ${integer('until')},
      ${text('login_id', 36, 'null')},
      ${text('session_id', 36, 'null')},
      ${text('phone_id', 36, 'null')},
      ${word('change', ['bound', 'replaced', 'unchanged'], 'null')},
      ${word('recognised', ['real', 'anonymous'], 'null')},
      UNIQUE (hash, app_id, kind)
    ) ${numbered}`,
    `INSERT INTO spent_with_sms
       (id, kind, app_id, hash, attempt, claimed_at, until, login_id, session_id, phone_id, "change", recognised)
     SELECT id, kind, app_id, hash, attempt, claimed_at, until, login_id, session_id, phone_id, "change", recognised
     FROM spent`,
    'DROP TABLE spent',
    'ALTER TABLE spent_with_sms RENAME TO spent',
    'CREATE INDEX spent_by_until ON spent (until)',

    `CREATE TABLE phone_with_sms (
      ${rowNumber('id')},
      ${text('phone_id', 36)},
      ${text('user_id', 36)},
      ${text('app_id', 64)},
      ${bytes('sealed_number', 256)},
      ${bytes('blind_index', 64)},
      ${text('country_code', 4)},
      ${word('source', ['phone-code', 'open-data', 'sms'])},
      ${integer('verified_at')},
      ${integer('replaced_at', 'null')},
      UNIQUE (phone_id),
      FOREIGN KEY (user_id) REFERENCES "user" (id)
    ) ${numbered}`,
    `INSERT INTO phone_with_sms
       (id, phone_id, user_id, app_id, sealed_number, blind_index, country_code, source, verified_at, replaced_at)
     SELECT id, phone_id, user_id, app_id, sealed_number, blind_index, country_code, source, verified_at, replaced_at
     FROM phone`,
    'DROP TABLE phone',
    'ALTER TABLE phone_with_sms RENAME TO phone',
    'CREATE INDEX phone_of_user ON phone (user_id)',
    uniqueIndex('phone_current', 'phone', 'user_id', 'replaced_at IS NULL'),
    index('phone_by_number', 'phone', 'blind_index', 'replaced_at IS NULL'),
  ],
}
