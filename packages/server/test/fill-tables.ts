import type Database from 'better-sqlite3'
import { linkAudit } from '../src/stores/link-audit.ts'
import { migrate } from '../src/stores/sqlite/migrate.ts'
import { bytes } from './store-contract/subject.ts'

type Row = Readonly<Record<string, string | number | Uint8Array | null>>

const longest = '字'.repeat(64)
const odd = 'a😀 Ǆ\u0000'.slice(0, -1).concat('  ')
const all = Uint8Array.from({ length: 256 }, (_, index) => index)
const late = Number.MAX_SAFE_INTEGER
const head = { seq: 0, hash: '0'.repeat(64) }
const draft = {
  at: 5,
  actor: 'operator',
  act: 'app-added',
  appId: null,
  subject: null,
  details: { fields: ['a'] },
} as const
const first = linkAudit(head, draft)
const second = linkAudit(first, { ...draft, appId: 'wx1', subject: longest, details: { text: '手机号' } })
const lines = [first, second].map(({ appId, ...line }): Row => ({ ...line, app_id: appId }))

const [older, newer] = ['0191-a', '0191-B']
const session = { device: 'ios', counter: 0, created_at: 1, idle_until: 2, absolute_until: late }
const phone = { app_id: 'wx1', sealed_number: all, blind_index: bytes('number'), country_code: '86', verified_at: 1 }
const sms = { app_id: 'wx1', user_id: older, sealed_number: all, country_code: '1', code_hash: bytes('code'), wrong: 2 }

/** Rows of every table: the longest, the oddest, the emptiest, with gaps between row numbers. */
const rows: Readonly<Record<string, readonly Row[]>> = {
  user: [
    { id: older, wrapped_key: all, created_at: 1, erased_at: null, erased_by: null, merged_into: null },
    {
      id: newer,
      wrapped_key: bytes('key'),
      created_at: late,
      erased_at: 7,
      erased_by: bytes('by'),
      merged_into: older,
    },
    { id: '0191-Ä', wrapped_key: bytes('third'), created_at: 0 },
  ],
  identity: [
    { id: 3, app_id: 'wx1', open_id: odd, union_id: null, user_id: older },
    { id: 4000, app_id: 'wx1', open_id: odd.trimEnd(), union_id: longest, user_id: newer },
  ],
  union_id: [{ union_id: longest, user_id: older }],
  session_key: [
    {
      id: 'k1',
      identity_id: 3,
      fingerprint: bytes('f'),
      sealed: all,
      failures: 0,
      burnt: 0,
      issued_at: 1,
      superseded_at: 2,
    },
    {
      id: 'k2',
      identity_id: 3,
      fingerprint: bytes('g'),
      sealed: null,
      failures: 5,
      burnt: 1,
      issued_at: 2,
      superseded_at: null,
    },
  ],
  session: [
    {
      ...session,
      id: 's1',
      login_id: 'l1',
      identity_id: 3,
      key_id: 'k1',
      last_attempt: null,
      ended_at: null,
      ended_by: null,
    },
    {
      ...session,
      id: 's2',
      login_id: 'l2',
      identity_id: 4000,
      key_id: null,
      last_attempt: bytes('n'),
      ended_at: 9,
      ended_by: 'refresh-reused',
    },
  ],
  spent: [
    {
      id: 9,
      kind: 'sms-code',
      app_id: 'wx1',
      hash: bytes('h'),
      attempt: bytes('a'),
      claimed_at: 1,
      until: 2,
      login_id: 'l1',
      session_id: 's1',
      phone_id: 'p1',
      change: 'bound',
      recognised: null,
    },
    {
      id: 12,
      kind: 'open-data',
      app_id: 'wx1',
      hash: bytes('h'),
      attempt: bytes('a'),
      claimed_at: 1,
      until: 2,
      recognised: 'anonymous',
    },
  ],
  phone: [
    {
      ...phone,
      id: 2,
      phone_id: 'p1',
      user_id: older,
      source: 'phone-code',
      replaced_at: 5,
      replaced_reason: 'merged',
    },
    { ...phone, id: 7, phone_id: 'p2', user_id: older, source: 'sms', replaced_at: null, replaced_reason: null },
  ],
  access_token: [
    { app_id: 'wx1', sealed: all, expires_at: 1, generation: 2, holder: 'host', leased_until: 3 },
    { app_id: 'wx2', sealed: null, expires_at: null, generation: null, holder: null, leased_until: null },
  ],
  key: [{ id: 'root-1', check_value: bytes('check'), created_at: 1 }],
  profile: [
    { user_id: older, sealed_nickname: all, avatar_key: 'a/b', updated_at: 1, nickname_at: 1, avatar_at: 2 },
    { user_id: newer, sealed_nickname: null, avatar_key: null, updated_at: 1, nickname_at: null, avatar_at: null },
  ],
  doomed_avatar: [{ avatar_key: 'c/d', since: 1 }],
  consent: [
    {
      id: 1,
      user_id: older,
      app_id: 'wx1',
      scope: 'phone',
      status: 'given',
      version: '版本 1 ',
      text_hash: 'f',
      attempt: bytes('1'),
      at: 1,
    },
    {
      id: 5,
      user_id: older,
      app_id: 'wx1',
      scope: 'phone',
      status: 'withdrawn',
      version: null,
      text_hash: null,
      attempt: bytes('2'),
      at: 2,
    },
  ],
  sms: [
    { ...sms, id: 'm1', attempt: bytes('m1'), last_wrong: null, opened_at: 1, expires_at: 2, sent_at: null, until: 3 },
    {
      ...sms,
      id: 'm2',
      attempt: bytes('m2'),
      last_wrong: all.subarray(0, 64),
      opened_at: 1,
      expires_at: 2,
      sent_at: 2,
      until: 3,
    },
  ],
  // Keys of bytes, in the order of their bytes.
  budget: [0, 1, 127, 128, 255].map(first => ({ name: Uint8Array.of(first, 0), used: first, until: late })),
  job: [
    {
      id: 'j1',
      kind: 'erase',
      app_id: 'wx1',
      event: bytes('e1'),
      stamp: bytes('s1'),
      sealed: all,
      event_at: 1,
      due_at: 2,
      attempts: 3,
      holder: 'h',
      done_at: null,
      audit_seq: null,
    },
    {
      id: 'j2',
      kind: 'erase',
      app_id: 'wx1',
      event: bytes('e2'),
      stamp: bytes('s2'),
      sealed: null,
      event_at: 1,
      due_at: null,
      attempts: 0,
      holder: null,
      done_at: 4,
      audit_seq: 1,
    },
  ],
  audit: lines,
  audit_head: [{ id: 1, seq: second.seq, hash: second.hash }],
  account_merge: [
    {
      id: 'g1',
      survivor_id: older,
      merged_id: newer,
      attempt: bytes('g'),
      at: 1,
      undo_until: 2,
      undone_at: null,
      close_at: 3,
      filled_nickname: all,
      filled_avatar: 'x',
    },
  ],
  merge_part: [
    { id: 6, merge_id: 'g1', kind: 'phone', ref: '7', sealed_number: all, was_current: 1 },
    { id: 8, merge_id: 'g1', kind: 'identity', ref: '4000', sealed_number: null, was_current: 0 },
  ],
  app: [
    { app_id: 'wx1', sealed: Buffer.alloc(65_536, 7), version: 2, changed_at: 1 },
    { app_id: 'wx2', sealed: null, version: 3, changed_at: 2 },
  ],
  component_grant: [
    { component_app_id: 'wx5', app_id: 'wx5', sealed: all, granted_at: 1, version: 1 },
    { component_app_id: 'wx5', app_id: 'wx6', sealed: null, granted_at: 1, version: 2 },
    { component_app_id: 'wx4', app_id: 'wx6', sealed: null, granted_at: 1, version: 2 },
  ],
  tally: [{ id: 3, unit: 'hour', at: 0, app_id: 'wx1', name: 'login: ok', total: late }],
  request_trace: [
    {
      id: 't1',
      request_id: longest,
      at: late,
      took_ms: 0,
      app_id: null,
      user_id: null,
      method: 'POST',
      route: '/v1/login',
      status: 502,
      failed: 1,
      code: longest,
      errcode: -1,
      rid: longest,
      steps: '字'.repeat(4000),
      until: late,
    },
    {
      id: 't2',
      request_id: 'r',
      at: 1,
      took_ms: 2,
      app_id: 'wx1',
      user_id: older,
      method: 'POST',
      route: '/v1/phone',
      status: 200,
      failed: 0,
      code: null,
      errcode: null,
      rid: null,
      steps: '[]',
      until: 3,
    },
  ],
  user_block: [{ user_id: older, blocked_at: 1, blocked_by: longest, reason: '字'.repeat(200) }],
  export_request: [
    {
      id: 'x1',
      kind: 'users',
      numbers: 'full',
      app_id: null,
      rows_from: null,
      rows_to: late,
      reason: '字'.repeat(200),
      asked_by: longest,
      asked_at: 1,
      status: 'waiting',
      until: late,
      downloads_left: 0,
    },
    {
      id: 'x2',
      kind: 'consents',
      numbers: 'masked',
      app_id: 'wx1',
      rows_from: 1,
      rows_to: null,
      reason: odd,
      asked_by: 'lin',
      asked_at: 1,
      status: 'approved',
      until: 2,
      decided_by: longest,
      decided_at: 1,
      downloads_left: 3,
    },
  ],
  operator: [
    { id: 'o1', name: longest, role: 'admin', created_at: 1, sealed_totp: all, totp_since: 1, totp_step: late },
    { id: 'o2', name: 'lin', role: 'viewer', created_at: 1, disabled_at: 2, totp_step: 0 },
  ],
  operator_passkey: [
    {
      id: 'p1',
      operator_id: 'o1',
      credential: Buffer.alloc(1023, 7),
      credential_hash: bytes('credential'),
      public_key: all,
      counter: late,
      label: odd,
      created_at: 1,
      used_at: null,
    },
  ],
  operator_recovery: ['a', 'b', 'c'].map(code => ({ operator_id: 'o1', hash: bytes(code) })),
  operator_session: [
    {
      id: 's1',
      token_hash: bytes('token'),
      operator_id: 'o1',
      way: 'passkey',
      browser: longest,
      created_at: 1,
      seen_at: 2,
      idle_until: 3,
      absolute_until: late,
      proved_at: 2,
    },
  ],
  operator_invitation: [
    { hash: bytes('link'), name: null, role: 'admin', operator_id: null, invited_by: 'server', until: late },
    { hash: bytes('other'), name: 'lin', role: 'viewer', operator_id: 'o2', invited_by: longest, until: 1 },
  ],
}

/** Makes the schema and puts {@link rows} into it. */
export function fillTables(database: Database.Database): void {
  migrate(database)
  database.exec('DELETE FROM audit_head')
  for (const [table, list] of Object.entries(rows)) for (const row of list) insert(database, table, row)
}

function insert(database: Database.Database, table: string, row: Row): void {
  const columns = Object.keys(row)
  const names = columns.map(column => `"${column}"`).join(', ')
  database
    .prepare(`INSERT INTO "${table}" (${names}) VALUES (${columns.map(() => '?').join(', ')})`)
    .run(...Object.values(row))
}

/** Many users, each with an identity: enough for several batches. */
export function fillUsers(database: Database.Database, count: number): void {
  const addUser = database.prepare('INSERT INTO "user" (id, wrapped_key, created_at) VALUES (?, ?, ?)')
  const addIdentity = database.prepare("INSERT INTO identity (app_id, open_id, user_id) VALUES ('wx1', ?, ?)")
  database.transaction(() => {
    for (let i = 0; i < count; i += 1) {
      const id = `0200-${String(i).padStart(8, '0')}`
      addUser.run(id, bytes(id), i)
      addIdentity.run(id, id)
    }
  })()
}
