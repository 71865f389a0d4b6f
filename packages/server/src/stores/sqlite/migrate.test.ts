import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { type Migration, migrations } from '../migrations/index.ts'
import { migrate } from './migrate.ts'

const step = (id: number, ...statements: string[]): Migration => ({
  id,
  name: `step-${id}`,
  statements: () => statements,
})
const one = step(1, 'CREATE TABLE a (x INTEGER) STRICT')
const two = step(2, 'CREATE TABLE b (x INTEGER) STRICT', 'INSERT INTO a VALUES (1)')
const broken = step(2, 'CREATE TABLE b (x INTEGER) STRICT', 'INSERT INTO nowhere VALUES (1)')

function tablesOf(database: Database.Database): unknown[] {
  return database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all()
}

function appliedOf(database: Database.Database): unknown[] {
  return database.prepare('SELECT id, name FROM migration ORDER BY id').raw().all()
}

describe('the schema', () => {
  it('is numbered without a gap', () => {
    expect(migrations.map(({ id }) => id)).toEqual(migrations.map((_, index) => index + 1))
  })

  it('has the tables of the design, all of them strict', () => {
    const database = new Database(':memory:')
    migrate(database)
    const tables =
      'access_token account_merge app audit audit_head budget component_grant consent doomed_avatar export_request identity job key merge_part migration operator operator_invitation operator_passkey operator_recovery operator_session phone profile request_trace session session_key sms spent tally transfer union_id user user_block'
    expect(tablesOf(database)).toEqual(tables.split(' '))
    const lax = database
      .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0")
      .pluck()
      .all()
    expect(lax).toEqual(['sqlite_schema'])
  })

  it('answers every question of a request from an index', () => {
    const database = new Database(':memory:')
    migrate(database)
    const questions = [
      'SELECT * FROM phone WHERE user_id = 1 AND replaced_at IS NULL',
      'SELECT * FROM phone WHERE blind_index = 1 AND replaced_at IS NULL AND user_id <> 2',
      'SELECT * FROM session WHERE login_id = 1',
      'SELECT * FROM session WHERE idle_until <= 1 ORDER BY idle_until LIMIT 1',
      'SELECT 1 FROM session WHERE identity_id = 1 AND key_id = 1',
      'SELECT * FROM session_key WHERE identity_id = 1 AND fingerprint = 1',
      'SELECT * FROM spent WHERE hash = 1 AND app_id = 1 AND kind = 1',
      'DELETE FROM session_key WHERE identity_id = 1 AND id = 1',
      'SELECT * FROM sms WHERE attempt = 1',
      'SELECT * FROM sms WHERE until <= 1 ORDER BY until LIMIT 1',
      'SELECT * FROM budget WHERE name = 1 AND until > 1',
      'SELECT * FROM budget WHERE until <= 1 ORDER BY until LIMIT 1',
      'SELECT * FROM profile WHERE user_id = 1',
      'SELECT * FROM consent WHERE user_id = 1 AND id < 1 ORDER BY id DESC LIMIT 1',
      'SELECT * FROM phone WHERE user_id = 1 AND phone.id < 1 ORDER BY phone.id DESC LIMIT 1',
      'SELECT * FROM account_merge WHERE survivor_id = 1 AND id < 1 ORDER BY id DESC LIMIT 1',
      'SELECT id FROM consent WHERE user_id = 1 AND app_id = 1 AND scope = 1 ORDER BY id DESC LIMIT 1',
      "SELECT 1 FROM consent WHERE user_id = 1 AND at > 1 AND status = 'withdrawn' AND scope <> 'phone' LIMIT 1",
      'SELECT * FROM doomed_avatar WHERE since < 1 ORDER BY since LIMIT 1',
      'SELECT * FROM "user" WHERE id < 1 ORDER BY id DESC LIMIT 1',
      'SELECT * FROM phone WHERE blind_index = 1 AND replaced_at IS NULL ORDER BY user_id LIMIT 1',
      'SELECT * FROM audit WHERE seq < 1 ORDER BY seq DESC LIMIT 1',
      'SELECT * FROM audit WHERE subject = 1 AND seq < 1 ORDER BY seq DESC LIMIT 1',
      'SELECT * FROM job WHERE due_at >= 1 AND (due_at > 1 OR id > 1) ORDER BY due_at, id LIMIT 1',
      'SELECT * FROM job WHERE done_at <= 1 AND (done_at < 1 OR id < 1) ORDER BY done_at DESC, id DESC LIMIT 1',
      'UPDATE tally SET total = 1 WHERE unit = 1 AND app_id = 1 AND at = 1 AND name = 1',
      'SELECT * FROM tally WHERE unit = 1 AND at >= 1 AND at < 1 ORDER BY at, app_id, name',
      'SELECT * FROM tally WHERE unit = 1 AND app_id = 1 AND at >= 1 AND at < 1 ORDER BY at, name',
      "SELECT * FROM tally WHERE unit = 1 AND at >= 1 AND at < 1 AND name LIKE 'time %' ORDER BY at, app_id, name",
      'SELECT id FROM tally WHERE at <= 1 ORDER BY at LIMIT 1',
      ...['request_id', 'rid', 'user_id', 'failed'].map(
        column => `SELECT * FROM request_trace WHERE ${column} = 1 AND id < 1 ORDER BY id DESC LIMIT 1`,
      ),
      'UPDATE request_trace SET user_id = NULL WHERE user_id = 1',
      'SELECT id FROM request_trace WHERE until <= 1 ORDER BY until LIMIT 1',
      "SELECT id FROM tally WHERE unit = 'hour' AND at <= 1 ORDER BY at LIMIT 1",
      'SELECT * FROM session WHERE identity_id IN (SELECT id FROM identity WHERE user_id = 1)',
    ]
    for (const question of questions) {
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${question}`).all() as { detail: string }[]
      expect(plan.map(({ detail }) => detail).join('; ')).toMatch(/^SEARCH/)
    }
  })
})

describe('migrating', () => {
  it('applies what is missing, once', () => {
    const database = new Database(':memory:')
    migrate(database, [one])
    migrate(database, [one, two])
    migrate(database, [one, two])
    expect(appliedOf(database)).toEqual([
      [1, 'step-1'],
      [2, 'step-2'],
    ])
    expect(database.prepare('SELECT count(*) FROM a').pluck().get()).toBe(1)
  })

  it('leaves nothing of a step that fails, and can be repeated', () => {
    const database = new Database(':memory:')
    expect(() => migrate(database, [one, broken])).toThrow('no such table: nowhere')
    expect(tablesOf(database)).toEqual(['a', 'migration'])
    expect(appliedOf(database)).toEqual([[1, 'step-1']])
    expect(database.inTransaction).toBe(false)
    migrate(database, [one, two])
    expect(tablesOf(database)).toEqual(['a', 'b', 'migration'])
  })

  it('leaves no mark of ours on a file whose first step failed', () => {
    const database = new Database(':memory:')
    expect(() => migrate(database, [step(1, 'not SQL')])).toThrow()
    expect(tablesOf(database)).toEqual([])
    expect(database.pragma('application_id', { simple: true })).toBe(0)
  })

  it('refuses a schema that is newer than the program, and changes nothing', () => {
    const database = new Database(':memory:')
    migrate(database, [one, two])
    expect(() => migrate(database, [one])).toThrow(expect.objectContaining({ code: 'schema-too-new' }))
    expect(appliedOf(database)).toHaveLength(2)
  })

  it.each([
    ['has other tables', 'CREATE TABLE theirs (x)'],
    ['bears the mark of another program', 'PRAGMA application_id = 252006674'],
  ])('refuses a file that %s', (_, sql) => {
    const database = new Database(':memory:')
    database.exec(sql)
    expect(() => migrate(database)).toThrow(expect.objectContaining({ code: 'foreign' }))
    expect(tablesOf(database)).not.toContain('migration')
  })
})

describe('a database of the first release', () => {
  it('keeps every row of phones and spent codes, in order, and takes numbers proved by SMS afterwards', () => {
    const database = new Database(':memory:')
    database.pragma('foreign_keys = ON')
    migrate(database, migrations.slice(0, 1))
    database.exec(`
      INSERT INTO "user" (id, wrapped_key, created_at) VALUES ('u1', x'01', 1), ('u2', x'02', 2);
      INSERT INTO phone (id, phone_id, user_id, app_id, sealed_number, blind_index, country_code, source, verified_at, replaced_at)
      VALUES (3, 'p3', 'u1', 'a', x'03', x'13', '86', 'phone-code', 10, 20), (7, 'p7', 'u1', 'a', x'07', x'17', '86', 'open-data', 20, NULL);
      INSERT INTO spent (id, kind, app_id, hash, attempt, claimed_at, until, phone_id, change)
      VALUES (5, 'phone-code', 'a', x'05', x'15', 1, 2, 'p7', 'replaced'), (6, 'login-code', 'a', x'06', x'16', 1, 2, NULL, NULL)`)
    const phones =
      'SELECT id, phone_id, user_id, app_id, hex(sealed_number), hex(blind_index), source, replaced_at FROM phone'
    const spent = 'SELECT id, kind, app_id, hex(hash), hex(attempt), claimed_at, until, phone_id, change FROM spent'
    const rows = (sql: string) => database.prepare(`${sql} ORDER BY id`).raw().all()
    const before = [rows(phones), rows(spent)]

    migrate(database)
    expect([rows(phones), rows(spent)]).toEqual(before)
    expect(database.pragma('foreign_key_check')).toEqual([])
    const add = (phone: string, user: string, source: string) =>
      database
        .prepare(
          `INSERT INTO phone (phone_id, user_id, app_id, sealed_number, blind_index, country_code, source, verified_at)
           VALUES (?, ?, 'a', x'09', x'19', '86', ?, 30)`,
        )
        .run(phone, user, source)
    expect(add('p8', 'u2', 'sms').lastInsertRowid).toBe(8)
    expect(() => add('p9', 'u1', 'sms')).toThrow('UNIQUE constraint failed: phone.user_id')
    expect(() => add('p9', 'nobody', 'sms')).toThrow('FOREIGN KEY constraint failed')
    expect(() => add('p9', 'u2', 'rumour')).toThrow('CHECK constraint failed')
  })
})

describe('a database whose session_keys were kept by their ids', () => {
  it('keeps every key and every session, each session with its own key', () => {
    const database = new Database(':memory:')
    database.pragma('foreign_keys = ON')
    migrate(database, migrations.slice(0, 13))
    database.exec(`
      INSERT INTO "user" (id, wrapped_key, created_at) VALUES ('u', x'01', 1);
      INSERT INTO identity (id, app_id, open_id, user_id) VALUES (3, 'a', 'o', 'u'), (9, 'b', 'o', 'u');
      INSERT INTO session_key (id, identity_id, fingerprint, sealed, failures, burnt, issued_at, superseded_at)
      VALUES ('k1', 9, x'01', NULL, 5, 1, 1, 2), ('k2', 3, x'02', x'12', 0, 0, 2, NULL), ('k3', 9, x'03', x'13', 1, 0, 3, NULL);
      INSERT INTO session (id, login_id, identity_id, key_id, device, counter, last_attempt, created_at, idle_until, absolute_until, ended_at, ended_by)
      VALUES ('s1', 'l1', 9, 'k1', 'ios', 2, x'aa', 1, 5, 9, 7, 'logout'), ('s2', 'l2', 3, NULL, 'unknown', 0, NULL, 2, 6, 9, NULL, NULL),
             ('s3', 'l3', 9, 'k3', 'android', 1, NULL, 3, 7, 9, NULL, NULL)`)
    const rows = (table: string) => database.prepare(`SELECT * FROM ${table} ORDER BY id`).all()
    const before = [rows('session'), rows('session_key')]

    migrate(database)
    expect([rows('session'), rows('session_key')]).toEqual(before)
    expect(database.pragma('foreign_key_check')).toEqual([])
    const take = (key: string) => database.prepare("UPDATE session SET key_id = ? WHERE id = 's2'").run(key)
    expect(() => take('k3')).toThrow('FOREIGN KEY constraint failed')
    expect(take('k2').changes).toBe(1)
    expect(() => database.exec("DELETE FROM session_key WHERE id = 'k2'")).toThrow('FOREIGN KEY constraint failed')
  })
})
